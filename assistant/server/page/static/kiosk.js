// A kiosk's page remembers nobody: whoever comes next finds a fresh session, and words that invite.

/** `/?kiosk`, `/?kiosk=45` (seconds), `&attract=Words`. @returns {{idleS: number, attract: string}|null} */
export function kioskOf(search) {
  const asked = new URLSearchParams(search);
  if (!asked.has("kiosk")) return null;
  const idleS = Number(asked.get("kiosk")) || 60;
  return { idleS: Math.max(1, idleS), attract: asked.get("attract") || "Hello! Ask me anything." };
}

/** Calls `onidle` once nothing has happened for so long. */
export class Idle {
  constructor(seconds, onidle) {
    this.seconds = seconds;
    this.onidle = onidle;
    this.timer = 0;
  }

  /** Something happens. */
  touch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onidle, 1000 * this.seconds);
  }
}

/** The display stays on for as long as the page is seen. */
export async function stayAwake() {
  const ask = async () => {
    try {
      if (!document.hidden) await navigator.wakeLock?.request("screen");
    } catch {
      // on battery, or not allowed: the display goes off as it does elsewhere
    }
  };
  document.addEventListener("visibilitychange", ask);
  await ask();
}
