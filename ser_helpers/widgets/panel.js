// Shows what the kernel sends, tells the kernel what a person moved. All of it travels in messages: none is saved.
export default {
  render({ model, el }) {
    let sound = "";
    const shown = {};
    el.classList.add("ser-panel");

    // JupyterLab would take arrows, letters and Enter for its own commands; Ctrl+S and the like are left to it.
    el.addEventListener("keydown", (event) => event.ctrlKey || event.metaKey || event.stopPropagation());
    const tell = (control) => control?.name && model.send({ name: control.name, value: control.value });
    const spell = (slider) => {
      const text = `${slider.value} ${slider.dataset.unit}`;
      slider.setAttribute("aria-valuetext", text);
      slider.nextElementSibling.textContent = text;
    };
    el.addEventListener("change", ({ target }) => tell(target));
    el.addEventListener("click", ({ target }) => tell(target.closest("button")));
    el.addEventListener("input", ({ target }) => target.type === "range" && spell(target));

    const show = ({ frame, parts, values }, buffers) => {
      if (!el.firstChild) {
        if (!frame) return; // an answer to another view of this panel; the frame of this one is on its way
        el.innerHTML = frame;
        stay(el);
      }
      for (const [name, html] of Object.entries(parts)) {
        if (shown[name] === html) continue; // an unchanged status is not read out again
        el.querySelector(`[data-part="${name}"]`).innerHTML = shown[name] = html;
      }
      for (const control of el.querySelectorAll("[name]")) {
        if (control.hasAttribute("aria-pressed")) {
          control.setAttribute("aria-pressed", String(control.value === values[control.name]));
        } else if (control.tagName !== "BUTTON") {
          control.value = values[control.name];
        }
        if (control.type === "range") spell(control);
      }
      if (buffers.length) {
        URL.revokeObjectURL(sound);
        sound = URL.createObjectURL(new Blob(buffers, { type: "audio/wav" }));
        el.querySelector("audio").src = sound;
      }
      el.dataset.answers = Number(el.dataset.answers ?? 0) + 1; // an answer can leave everything as it was
    };
    model.on("msg:custom", show);
    model.send({ name: "ready" });
    return () => {
      model.off("msg:custom", show);
      URL.revokeObjectURL(sound);
    };
  },
};
