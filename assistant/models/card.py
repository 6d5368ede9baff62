"""A model's card: what it is, what it may be used for, and how far it can be trusted."""

from typing import Any

from assistant.models.manifest import HubSource, Model, PackageSource


def card(model: Model) -> dict[str, Any]:
    """The card as plain data, for JSON."""
    return {**model.model_dump(mode="json"), "bytes": model.bytes, "folder": str(model.folder)}


def render(model: Model) -> str:
    """The card as Markdown."""
    facts = {
        "task": model.task,
        "licence": model.licence,
        "licence, to check": model.licence_note,
        "languages": ", ".join(model.languages),
        "parameters": model.parameters,
        "size": f"{model.bytes / 1e6:.1f} MB",
        "origin": model.origin,
        "provenance": model.provenance,
        "intended use": model.intended_use,
        "limits": model.limits,
        "folder": str(model.folder),
    }
    lines = [f"# {model.name}: {model.title}", ""]
    lines += [f"- {what}: {value}" for what, value in facts.items() if value]
    lines += ["", "## Files", ""]
    lines += [f"- {file.name}, {file.bytes:,} bytes, SHA-256 {file.sha256}" for file in model.files]
    lines += ["", "## Sources", ""]
    lines += [f"- {_source(source)}" for source in model.sources]
    if model.path is not None:
        lines.append(f"- the folder {model.path}, as it is")
    return "\n".join(lines)


def _source(source: PackageSource | HubSource) -> str:
    if isinstance(source, PackageSource):
        return "package " + " and ".join(f"{package.name} {package.version}" for package in source.packages)
    return f"hub repository {source.repository}, revision {source.revision}"
