// The page's half of the recorder: a microphone or a file becomes 16 kHz mono PCM-16 WAV, and one message to Python.
// A message, never a synced trait: what is synced may be saved with the notebook, and a voice must not be.
const RATE = 16000;
const MEGABYTES = 10; // more is no take of some seconds, and would fill the memory when decoded
const PAUSE = 1.5; // seconds of silence that end a take, where the learner wishes
const QUIET = 25; // dB below the loudest moment that count as silence then
const PATIENCE = 8000; // ms until we say that Python does not answer

const FILE = "Choose a file instead.";
const PLAIN_HTTP = `Browsers give the microphone to https pages and to localhost only, and this page is neither. ${FILE}`;
const NO_MICROPHONE = {
  NotAllowedError: `The microphone was refused. Allow it beside the address of this page and press Record again. ${FILE}`,
  NotFoundError: `No microphone was found. Connect one and press Record again. ${FILE}`,
  NotReadableError: `The microphone does not answer; another program may hold it. Close that and try again. ${FILE}`,
};
const SPEAK = "Recording. Speak, then press Stop.";
const TOO_QUIET = "Recording, but too quiet so far. Come closer, or raise the microphone's level.";
const TOO_LOUD = "Recording, but clipped: the loudest parts are cut off. Go further away, or lower the microphone's level.";
const NOTHING = "Nothing was recorded. Press Record, speak, and then press Stop.";
const NO_ANSWER = "Python does not answer. If another cell is running, wait for it; if the kernel was restarted, run this cell again.";

const ACT = `Optional, and no points. <em>Act</em>: say one sentence angrily into take A, then the same one sadly into take B.
    The model knows acted speech only, so do not ask it how you really feel.`;
const LOOK = `Optional, and no points. Say one sentence calmly into take A, then the same one angrily into take B. No model
    listens: what do you see and hear change?`;

const LAW = ` European law forbids systems that infer people's emotions in education: Regulation (EU) 2024/1689, the AI Act,
      Article 5(1)(f). Acting a part for fun is another matter.`;

const frame = (verdict) => `
  <p class="ser-title">Your voice, if you like</p>
  <p>${verdict ? ACT : LOOK}</p>
  <div class="ser-columns" data-part="takes"></div>
  <p data-part="compared" role="status">Two takes are compared here.</p>
  <div class="ser-row"><label><input type="checkbox" name="pause"> stop by itself after a pause</label>
    <label class="ser-folder">Save takes to <input type="text" name="folder" value="~/ser-takes" spellcheck="false"></label></div>
  <details><summary>Where your voice goes${verdict ? ", and why nobody else sees the answer" : ""}</summary>
    <p>Your voice goes from this page into the memory of the kernel, the Python that runs this notebook, and is gone when
      that ends. It is in no file and not in the saved notebook, and it travels no further, unless you press Save. (Is your
      JupyterLab on another computer? Then the kernel is there as well.)</p>
    <p>Nothing of it reaches an instructor, and nothing is marked.${verdict ? LAW : ""}</p>
  </details>
  <p class="ser-quiet" data-part="about"></p>`;

const takeFrame = (name, verdict) => `
  <p class="ser-clip">Take ${name}</p>
  <div class="ser-row">
    <button type="button" name="record" aria-pressed="false" aria-label="Record or stop take ${name}">● Record</button>
    <label class="ser-file">Choose a file<input type="file" aria-label="Choose a file for take ${name}"
      accept="audio/*,.wav,.mp3,.m4a,.webm,.ogg,.opus,.flac"></label>
    <button type="button" name="save" aria-label="Save take ${name}" disabled>Save</button>
  </div>
  <div class="ser-level">
    <span class="ser-track" role="meter" aria-label="Level of take ${name} in dBFS" aria-valuemin="-60" aria-valuemax="0"
      aria-valuenow="-60"><span class="ser-bar"></span></span>
    <span role="timer" aria-label="Length of take ${name}"></span>
  </div>
  <audio controls aria-label="Take ${name}, 16 kHz mono"></audio>
  <p data-part="status" role="status" class="${verdict ? "ser-lines-4" : ""}">Nothing recorded yet.</p>
  <div data-part="picture" ${verdict ? "hidden" : ""}></div>
  <table class="ser-table" ${verdict ? "" : "hidden"}><caption>What the model makes of take ${name}</caption>
    <thead><tr><th scope="col">emotion</th><th scope="col">probability</th></tr></thead><tbody></tbody></table>`;

class Trouble extends Error {} // its message is a sentence for the learner

function wav(samples) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  [16, 0x10001, RATE, 2 * RATE, 0x100002].forEach((word, i) => view.setUint32(16 + 4 * i, word, true)); // PCM, mono, 16 bit
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((x, i) => view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, x))), true));
  return view.buffer;
}

async function decode(file, seconds, end = Infinity) { // any container this browser knows, resampled while it is decoded
  if (!file.size) throw new Trouble("That file is empty (0 bytes). Choose another.");
  if (file.size > MEGABYTES * 1e6) throw new Trouble(`That file is larger than ${MEGABYTES} MB. Cut out the sentence first: up to ${seconds} s.`);
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Trouble("This browser finds no audio in that file, or cannot read its format. WAV, MP3 and FLAC work everywhere.");
  }
  if (sound.duration > seconds + 0.5) throw new Trouble(`That file lasts ${sound.duration.toFixed(0)} s. Cut out the sentence first: up to ${seconds} s.`);
  const samples = new Float32Array(Math.min(sound.length, Math.round(end * RATE)));
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const one = sound.getChannelData(channel);
    samples.forEach((_, i) => (samples[i] += one[i] / sound.numberOfChannels));
  }
  return wav(samples);
}

async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) throw new Trouble(PLAIN_HTTP);
  const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }; // the level is a cue
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: asItIs });
  } catch ({ name }) {
    throw new Trouble(NO_MICROPHONE[name] ?? `The microphone cannot be opened (${name}). ${FILE}`);
  }
}

function watchLevel(stream, tell) { // tell(level in dBFS, seconds so far, peak) twenty times a second, until the returned function is called
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const frame = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  const start = performance.now();
  const clock = setInterval(() => {
    analyser.getFloatTimeDomainData(frame);
    const power = frame.reduce((sum, x) => sum + x * x, 0) / frame.length;
    const peak = frame.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    tell(Math.max(-60, 10 * Math.log10(power + 1e-10)), (performance.now() - start) / 1000, peak);
  }, 50);
  return () => {
    clearInterval(clock);
    context.close();
  };
}

function makeTake(name, model, panel, stopOthers) {
  const element = document.createElement("section");
  element.setAttribute("aria-label", `Take ${name}`);
  element.innerHTML = takeFrame(name, model.get("verdict"));
  const [record, save, file] = ["[name=record]", "[name=save]", "[type=file]"].map((which) => element.querySelector(which));
  const [meter, timer, audio, status] = ["[role=meter]", "[role=timer]", "audio", "[role=status]"].map((which) => element.querySelector(which));
  const rows = model.get("labels").map((label) => {
    const row = element.querySelector("tbody").insertRow();
    row.innerHTML = '<th scope="row"></th><td><span class="ser-track"><span class="ser-bar"></span></span><span></span></td>';
    row.firstChild.textContent = label;
    return row;
  });
  const seconds = model.get("seconds");
  let session, opening, waiting, gone;

  const say = (text, answer = "") => {
    const first = document.createElement("strong");
    first.textContent = answer;
    status.replaceChildren(first, " ", text);
  };
  const show = (probabilities, sure) => {
    const best = Math.max(...Object.values(probabilities));
    for (const row of rows) {
      const share = probabilities[row.firstChild.textContent];
      row.classList.toggle("ser-first", sure && share === best);
      row.querySelector(".ser-bar").classList.toggle("ser-unsure", !sure);
      row.querySelector(".ser-bar").style.width = `${100 * (share ?? 0)}%`;
      row.querySelector("td").lastChild.textContent = share === undefined ? "–" : `${Math.round(100 * share)} %`;
    }
  };
  const ask = (message, buffers) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => say(NO_ANSWER), PATIENCE);
    try {
      model.send({ take: name, ...message }, undefined, buffers);
    } catch {
      say(NO_ANSWER);
    }
  };
  const use = async (blob, end) => {
    try {
      const bytes = await decode(blob, seconds, end);
      if (gone) return;
      URL.revokeObjectURL(audio.src);
      audio.src = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
      timer.textContent = `${((bytes.byteLength - 44) / 2 / RATE).toFixed(1)} s`;
      say("Python listens …");
      ask({ ask: "predict" }, [bytes]);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      say(error.message);
    }
  };
  const level = (db) => {
    meter.setAttribute("aria-valuenow", Math.round(db));
    meter.firstChild.style.width = `${(100 * (db + 60)) / 60}%`;
  };
  const begin = async () => {
    say("Waiting for the microphone …");
    const stream = await openMicrophone();
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 128000 });
    const parts = [];
    let loudest = -45; // what is quieter than this is no speech yet
    let heard = Infinity;
    let end; // of the take, when a pause ended it
    let hint = SPEAK;
    const advise = (text) => text === hint || say((hint = text));
    const unwatch = watchLevel(stream, (db, now, peak) => {
      level(db);
      timer.textContent = `${now.toFixed(1)} of ${seconds} s`;
      loudest = Math.max(loudest, db);
      if (db > loudest - QUIET && loudest > -45) heard = now;
      if (peak >= 0.99) advise(TOO_LOUD);
      else if (hint !== TOO_LOUD && now > 2) advise(loudest > -45 ? SPEAK : TOO_QUIET);
      if (now > seconds) recorder.stop();
      if (now - heard > PAUSE && panel.querySelector("[name=pause]").checked) {
        end = heard + 0.3;
        recorder.stop();
      }
    });
    const release = () => {
      unwatch();
      stream.getTracks().forEach((track) => track.stop());
      level(-60);
      record.textContent = "● Record";
      record.setAttribute("aria-pressed", "false");
      session = undefined;
    };
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      release();
      const take = new Blob(parts);
      if (gone) return;
      if (take.size) use(take, end);
      else say(NOTHING);
    };
    session = { stop: () => recorder.state === "recording" && recorder.stop(), release };
    if (gone) return release(); // the cell ran again while the browser asked
    recorder.start();
    record.textContent = "■ Stop";
    record.setAttribute("aria-pressed", "true");
    say(SPEAK);
  };

  record.onclick = async () => {
    if (session) return session.stop();
    if (opening) return;
    opening = true;
    stopOthers(name);
    await begin().catch((error) => say(error.message));
    opening = false;
  };
  file.onchange = async () => {
    if (file.files.length) await use(file.files[0]);
    file.value = ""; // the same file may be chosen again
  };
  save.onclick = () => ask({ ask: "save", folder: panel.querySelector("[name=folder]").value });
  show({}, false);
  level(-60);

  return {
    element,
    stop: () => session?.stop(),
    receive({ answer, says, probabilities, sure, picture }) {
      clearTimeout(waiting);
      say(says, answer);
      if (probabilities) show(probabilities, sure);
      if (picture) element.querySelector("[data-part=picture]").innerHTML = picture;
      save.disabled &&= !(probabilities || picture);
    },
    release() {
      gone = true;
      clearTimeout(waiting);
      session?.release();
      URL.revokeObjectURL(audio.src);
    },
  };
}

// JupyterLab would take arrows, Enter and letters for its own commands; Ctrl+S and the like are left to it.
const keepKeys = (event) => event.ctrlKey || event.metaKey || event.stopPropagation();

export default {
  render({ model, el }) {
    el.classList.add("ser-panel", "ser-recorder");
    el.addEventListener("keydown", keepKeys);
    el.innerHTML = frame(model.get("verdict"));
    const part = (name) => el.querySelector(`[data-part=${name}]`);
    const takes = {};
    const stopOthers = (name) => Object.keys(takes).forEach((other) => other === name || takes[other].stop());
    for (const name of ["A", "B"]) {
      takes[name] = makeTake(name, model, el, stopOthers);
      part("takes").append(takes[name].element);
    }
    part("about").textContent = model.get("about");
    requestAnimationFrame(() => stay(el));
    const receive = (answer) => {
      takes[answer.take].receive(answer);
      if ("compared" in answer) part("compared").textContent = answer.compared;
    };
    model.on("msg:custom", receive);
    return () => {
      model.off("msg:custom", receive);
      Object.values(takes).forEach((take) => take.release());
    };
  },
};
