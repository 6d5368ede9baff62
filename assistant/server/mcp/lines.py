"""For agents that come by the control socket, as `hearthside mcp` does."""

from assistant.daemon import Running
from assistant.server.control import LineDoor, Lines
from assistant.server.mcp.library import serving_library
from assistant.server.mcp.tools import Tools


def line_door(running: Running) -> LineDoor:
    """What opens it."""
    tools = Tools(running)

    async def opened() -> Lines:
        library = await serving_library()
        return lambda reader, writer: library.serve_lines(tools, reader, writer)

    return opened
