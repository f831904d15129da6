const TONES_hz = [659.3, 880];
const LENGTH_s = 0.22;
const LOUDNESS = 0.05;

let context: AudioContext | null = null;

/** Two soft tones. Silent where the browser does not let a page be heard that nobody has touched yet. */
export function chime(): void {
  context ??= new AudioContext();
  const { currentTime, destination } = context;
  for (const [i, frequency] of TONES_hz.entries()) {
    const [from, until] = [currentTime + i * LENGTH_s * 0.6, currentTime + i * LENGTH_s * 0.6 + LENGTH_s];
    const tone = new OscillatorNode(context, { type: 'sine', frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, until);
    tone.connect(volume).connect(destination);
    tone.start(from);
    tone.stop(until);
  }
}
