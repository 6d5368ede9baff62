// The one thing that the page says from afar: what is going on.

export const WORDS = {
  asleep: ["Ready", "Touch to begin"],
  offline: ["Not connected", "Trying again"],
  deaf: ["No microphone", "Allow it in the browser"],
  speaking: ["Speaking", "Talk, or touch, to interrupt"],
  hearing: ["Hearing you", "Go on, I am listening"],
  thinking: ["Thinking", "One moment"],
  muted: ["Muted", "The microphone is off"],
  waiting: ["Ready", "Hold to talk"],
  listening: ["Listening", "Just start talking"],
};

/**
 * @param {{isStarted: boolean, isConnected: boolean, isMuted: boolean, isDeaf: boolean, isHandsFree: boolean, isHeld: boolean,
 *   userSpeaks: boolean, isThinking: boolean, isPlaying: boolean}} facts
 * @returns {keyof typeof WORDS}
 */
export function stateOf(facts) {
  if (!facts.isStarted) return "asleep";
  if (!facts.isConnected) return "offline";
  if (facts.userSpeaks || facts.isHeld) return "hearing";
  if (facts.isPlaying) return "speaking";
  if (facts.isThinking) return "thinking";
  if (facts.isDeaf) return "deaf";
  if (facts.isMuted) return "muted";
  return facts.isHandsFree ? "listening" : "waiting";
}
