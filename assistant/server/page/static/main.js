// The page: puts microphone, speaker, conversation and what is seen of them together.

import { Captions } from "./captions.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Idle, kioskOf, stayAwake } from "./kiosk.js";
import { bindKeys } from "./keys.js";
import { Microphone } from "./microphone.js";
import { currentToken, rememberToken, settings, takeTokenFromAddress } from "./settings.js";
import { pictureOfCamera, pictureOfScreen } from "./share.js";
import { Speaker } from "./speaker.js";
import { WORDS, stateOf } from "./state.js";
import { Talking } from "./talking.js";
import { Turns } from "./turns.js";

const $ = (id) => document.getElementById(id);
const kiosk = kioskOf(location.search);
const REFRESH_TURNS_MS = 3000;

takeTokenFromAddress();

let isStarted = false;
let isMuted = false;
let isDeaf = false; // no microphone is to be had
let link = { is: "connecting" };
let context = null;
let microphone = null;
let level = 0;

const connection = new Connection({ onevent: (event) => conversation.receive(event), onstate, token: currentToken });
const conversation = new Conversation(connection);
const captions = new Captions($("said"), $("log"));
const turns = new Turns($("turns"), { token: currentToken, session: () => conversation.sessionId });
const talking = new Talking(conversation, () => show());
const idle = kiosk ? new Idle(kiosk.idleS, startAfresh) : null;

// --- what happens -----------------------------------------------------------------------------------------

function onstate(state) {
  link = state;
  if (state.is === "lost") conversation.lose();
  if (state.is === "token wanted") askForToken(state.wasWrong);
  show();
}

/** Sound can only begin when the page was touched, unless the browser was told otherwise. */
async function start() {
  if (isStarted) return;
  if (!isSecureContext) {
    isStarted = isDeaf = true;
    conversation.note("Browsers give the microphone, and sound of this kind, to pages by https: or from localhost only. You can type.");
    return;
  }
  context ??= new AudioContext({ latencyHint: "interactive" });
  await context.resume();
  if (isStarted) return; // touched twice
  isStarted = true;
  conversation.speaker = await Speaker.open(context);
  conversation.speaker.onended = (id) => conversation.played(id);
  conversation.speaker.onbegun = () => tick();
  microphone = new Microphone(context, onSound);
  microphone.hasEcho = !settings.hasHeadphones;
  microphone.onlost = () => { isDeaf = true; show(); };
  await openMicrophone();
  if (kiosk) stayAwake();
}

async function openMicrophone() {
  try {
    await microphone.open();
    isDeaf = false;
  } catch (error) {
    console.warn(error.message);
    isDeaf = true;
  }
  show();
}

function onSound(samples, loudness) {
  level = loudness;
  if (isMuted) return;
  if (conversation.wants.handsFree) conversation.hear(samples);
  else talking.hear(samples);
}

async function setMuted(wanted) {
  isMuted = wanted;
  level = 0;
  if (isMuted) microphone?.close();
  else if (microphone) await openMicrophone();
  else await start();
  show();
}

function setHandsFree(wanted) {
  settings.isHandsFree = wanted;
  talking.cancel();
  conversation.setHandsFree(wanted);
  show();
}

function stop() {
  conversation.interrupt();
}

/** The orb does what is next to be done. */
function touch() {
  if (!isStarted) return start();
  const state = currentState();
  if (state === "speaking" || state === "thinking") return stop();
  if (state === "muted") return setMuted(false);
  if (state === "deaf" && microphone) return openMicrophone();
  if (state === "offline") return connection.open();
  if (!conversation.wants.handsFree) talking.toggle();
  return undefined;
}

/** The one who was here has gone. */
function startAfresh() {
  if (conversation.messages.length === 0) return;
  if (!["listening", "muted", "deaf", "offline"].includes(currentState())) {
    idle.touch();
    return;
  }
  conversation.forget();
  conversation.lose();
  connection.restart();
  show();
}

async function share(picture) {
  try {
    const url = await picture();
    if (url) conversation.show(url);
    if (url) say("The picture is shared. Ask about it.");
  } catch (error) {
    if (error.name !== "NotAllowedError") conversation.note(`No picture could be taken: ${error.message}`);
  }
  show();
}

function askForToken(wasWrong) {
  if (wasWrong) $("token-why").textContent = "The token was not accepted. Try again.";
  if (!$("token").open) $("token").showModal();
}

// --- what is seen -----------------------------------------------------------------------------------------

function currentState() {
  return stateOf({
    isStarted,
    isConnected: conversation.isReady,
    isMuted,
    isDeaf,
    isHandsFree: conversation.wants.handsFree,
    isHeld: talking.isHeld,
    userSpeaks: conversation.userSpeaks,
    isThinking: conversation.isThinking,
    isPlaying: conversation.speaker?.isPlaying ?? false,
  });
}

let stateShown = "";

function show() {
  const state = currentState();
  const [word, usualHint] = WORDS[state];
  const hint = state === "offline" ? whyOffline() : usualHint;
  if ($("hint").textContent !== hint) $("hint").textContent = hint;
  if (state !== stateShown) {
    stateShown = state;
    document.body.dataset.state = state;
    $("state").textContent = word;
    if (!(state === "hearing" || state === "thinking")) say(word); // the user knows that they speak
    $("orb-does").textContent = { asleep: "Begin", speaking: "Stop", thinking: "Stop", muted: "Unmute", deaf: "Try the microphone", offline: "Connect" }[state] ?? "Talk";
    if (state === "hearing") tick();
  }
  $("link").dataset.is = conversation.isReady ? "up" : "down";
  $("link-text").textContent = conversation.isReady ? "Connected" : "Not connected";
  press("mute", isMuted);
  press("by-key", !conversation.wants.handsFree);
  press("captions-on", captions.isOn);
  $("stop").disabled = !(state === "speaking" || state === "thinking");
  document.body.dataset.captions = captions.isOn ? "on" : "off";
  document.body.dataset.said = conversation.messages.length ? "something" : "nothing";
  document.body.dataset.turns = conversation.wants.handsFree ? "found" : "by-key";
  captions.show(conversation.messages);
  if (conversation.messages.length) idle?.touch();
}

function whyOffline() {
  if (link.is === "token wanted") return "A token is needed";
  if (link.is !== "lost") return "Connecting";
  const seconds = Math.ceil((link.again - Date.now()) / 1000);
  return seconds > 0 ? `Trying again in ${seconds} s` : "Trying again";
}

const press = (id, isOn) => $(id).setAttribute("aria-pressed", `${isOn}`);

function say(text) {
  $("status").textContent = text;
}

/** A tick that is felt, where the device has it. */
function tick() {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(12);
}

let levelShown = 0;

function draw() {
  const speaker = conversation.speaker;
  const wanted = speaker?.isPlaying ? speaker.level : ["hearing", "listening"].includes(stateShown) ? level : 0;
  levelShown += (Math.min(1, wanted * 5) - levelShown) * (wanted * 5 > levelShown ? 0.5 : 0.12);
  if (Math.abs(levelShown - Number(draw.last ?? 0)) > 0.004) {
    draw.last = levelShown;
    $("orb").style.setProperty("--level", levelShown.toFixed(3));
  }
  captions.follow(speaker?.isPlaying ? speaker.heard() : null);
  requestAnimationFrame(draw);
}

function look() {
  document.documentElement.dataset.theme = settings.theme;
  $("more-view").querySelector(`[value="${settings.theme}"]`).checked = true;
}

let refreshing = 0;

/** `talk` or `turns`. The conversation goes on meanwhile. */
function view(name, { isNew = true } = {}) {
  if (isNew) history.pushState(null, "", (name === "turns" ? "/turns" : "/") + location.search);
  const isTurns = name === "turns";
  $("talk").hidden = isTurns;
  $("turns").hidden = !isTurns;
  document.body.dataset.view = name;
  document.title = isTurns ? "Turns – Hearthside" : "Hearthside";
  for (const link of document.querySelectorAll("nav [data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  clearInterval(refreshing);
  if (!isTurns) return;
  turns.refresh();
  refreshing = setInterval(() => { if (!document.hidden) turns.refresh(); }, REFRESH_TURNS_MS);
}

const viewOf = () => (location.pathname === "/turns" && !kiosk ? "turns" : "talk");

// --- together ---------------------------------------------------------------------------------------------

conversation.onchange = show;
conversation.wants.handsFree = kiosk ? true : settings.isHandsFree;
captions.isOn = kiosk ? true : settings.hasCaptions;
$("orb").addEventListener("click", () => { if (!talking.hasJustEnded) touch(); });
$("mute").addEventListener("click", () => setMuted(!isMuted));
$("by-key").addEventListener("click", () => setHandsFree(!conversation.wants.handsFree));
$("stop").addEventListener("click", stop);
$("captions-on").addEventListener("click", () => {
  captions.isOn = !captions.isOn;
  settings.hasCaptions = captions.isOn;
  show();
});
// Whoever points at a control and holds the space bar then wants to talk, not that control again.
document.querySelector("footer").addEventListener("click", (event) => {
  if (event.pointerType) event.target.closest("button")?.blur();
});
$("show-screen").addEventListener("click", () => share(pictureOfScreen));
$("show-camera").addEventListener("click", () => share(() => pictureOfCamera($("camera-view"))));
$("more-open").addEventListener("click", () => $("more-view").showModal());
$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  $("text").value = "";
  if (text && conversation.isReady) start().then(() => conversation.write(text));
});
$("token").addEventListener("close", () => {
  rememberToken($("token-text").value);
  connection.open();
});
$("token").addEventListener("cancel", (event) => event.preventDefault());
for (const radio of document.querySelectorAll("[name=theme]")) {
  radio.addEventListener("change", () => { settings.theme = radio.value; look(); });
}
$("headphones").checked = settings.hasHeadphones;
$("headphones").addEventListener("change", () => {
  settings.hasHeadphones = $("headphones").checked;
  if (!microphone) return;
  microphone.hasEcho = !settings.hasHeadphones;
  microphone.close();
  if (!isMuted) openMicrophone();
});
$("keys").checked = settings.hasKeys;
$("keys").addEventListener("change", () => { settings.hasKeys = $("keys").checked; });
for (const link of document.querySelectorAll("a[data-view]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); view(link.dataset.view); });
}
addEventListener("popstate", () => view(viewOf(), { isNew: false }));
talking.bind($("orb"), () => isStarted && !isMuted && !isDeaf && conversation.isReady && !conversation.wants.handsFree);
bindKeys({
  isOn: () => settings.hasKeys,
  talking,
  stop,
  mute: () => setMuted(!isMuted),
  byKey: () => setHandsFree(!conversation.wants.handsFree),
  captions: () => $("captions-on").click(),
  screen: () => $("show-screen").click(),
  camera: () => $("show-camera").click(),
  turns: () => view(viewOf() === "turns" ? "talk" : "turns"),
  isKiosk: kiosk !== null,
});
$("show-screen").hidden = !navigator.mediaDevices?.getDisplayMedia; // phones have none
$("show-camera").hidden = !navigator.mediaDevices;
if (kiosk) {
  document.body.dataset.kiosk = "";
  $("attract").textContent = kiosk.attract;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => idle.touch());
}
setInterval(() => { if (stateShown === "offline") show(); }, 500); // the seconds until it is tried again
look();
view(viewOf(), { isNew: false });
show();
draw();
connection.open();
if (kiosk || (await navigator.permissions?.query({ name: "microphone" }).catch(() => null))?.state === "granted") {
  context = new AudioContext({ latencyHint: "interactive" });
  if (context.state === "running" || (await Promise.race([context.resume().then(() => true), new Promise((done) => setTimeout(done, 500))]))) start();
}
