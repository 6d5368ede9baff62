// What this browser remembers: the token, and how the page looks. A kiosk's remembers the token only.

const read = (name) => {
  try {
    return localStorage.getItem(`hearthside.${name}`) ?? "";
  } catch {
    return ""; // storage is switched off
  }
};

const write = (name, value) => {
  try {
    localStorage.setItem(`hearthside.${name}`, value);
  } catch {
    // then it is forgotten with the page
  }
};

let token = read("token");

/** The server's token; `#token=...` of the address sets it, and vanishes from there. */
export function currentToken() {
  return token;
}

export function rememberToken(text) {
  token = text.trim();
  write("token", token);
}

export function takeTokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  rememberToken(given);
  history.replaceState(null, "", location.pathname + location.search);
}

export const settings = {
  get theme() { return read("theme") || "auto"; },
  set theme(value) { write("theme", value); },
  get hasCaptions() { return read("captions") !== "off"; },
  set hasCaptions(isOn) { write("captions", isOn ? "on" : "off"); },
  get hasKeys() { return read("keys") !== "off"; },
  set hasKeys(isOn) { write("keys", isOn ? "on" : "off"); },
  get hasHeadphones() { return read("headphones") === "on"; },
  set hasHeadphones(isOn) { write("headphones", isOn ? "on" : "off"); },
  get isHandsFree() { return read("turns") !== "by key"; },
  set isHandsFree(isOn) { write("turns", isOn ? "found" : "by key"); },
};
