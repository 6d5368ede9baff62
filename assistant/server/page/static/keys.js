// The keyboard. Single keys can be switched off, for who dictates or types by voice; they never act within a field.

const inField = (target) => target.closest?.("input, textarea, select, dialog, [contenteditable]") !== null;

export function bindKeys(does) {
  const single = { m: does.mute, p: does.byKey, c: does.captions, s: does.screen, v: does.camera, t: does.turns };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || inField(event.target)) return;
    if (event.key === "Escape") return does.stop();
    if (!does.isOn()) return undefined;
    if (event.key === " " && !event.target.closest("button:not(#orb), a, summary")) {
      const isOrb = event.target.id === "orb"; // its own click does the rest
      if (event.repeat || does.talking.press() || !isOrb) event.preventDefault();
      if (!event.repeat && !isOrb && !does.talking.isHeld) does.stop();
      return undefined;
    }
    if (!does.isKiosk && !event.repeat) single[event.key.toLowerCase()]?.();
    return undefined;
  });
  addEventListener("keyup", (event) => {
    if (event.key === " " && !inField(event.target)) does.talking.release();
  });
  addEventListener("blur", () => does.talking.cancel());
}
