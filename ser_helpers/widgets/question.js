// The guess at a question: radio buttons, one button, and then what the lesson's text says of each choice.

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// JupyterLab would take arrows, Enter and letters for its own commands; Ctrl+S and the like are left to it.
const keepKeys = (event) => event.ctrlKey || event.metaKey || event.stopPropagation();

export default {
  render({ model, el }) {
    const choices = model.get("choices");
    const group = `ser-question-${Math.random()}`; // the radio buttons of one form, wherever else it is shown
    const radios = choices.map(() => make("input", { type: "radio", name: group }));
    const labels = choices.map(({ label }, i) => {
      return make("label", {}, radios[i], make("span", { innerHTML: label }), make("em", { textContent: "your guess", hidden: true }));
    });
    const button = make("button", { type: "submit", textContent: "That is my guess" });
    const said = make("div", { role: "status" });
    // The explanation takes the button's place, and unseen copies keep room for the longest: nothing moves.
    const room = choices.map(({ explanation }) => make("div", { className: "ser-room", ariaHidden: "true", innerHTML: explanation }));
    el.classList.add("ser-panel", "ser-question");
    el.addEventListener("keydown", keepKeys);
    const form = make("form", {},
      make("fieldset", {}, make("legend", { textContent: "Your guess" }), ...labels),
      make("div", { className: "ser-said" }, button, said, ...room));

    const explain = () => {
      const chosen = radios.findIndex((radio) => radio.checked);
      if (model.get("guess") >= 0 && chosen >= 0) said.innerHTML = choices[chosen].explanation;
    };
    const settle = () => { // the guess is made: mark it, and let the radio buttons show the explanations
      const guess = model.get("guess");
      if (guess < 0) return;
      labels[guess].lastChild.hidden = false;
      if (!radios.some((radio) => radio.checked)) radios[guess].checked = true;
      button.hidden = true;
      explain();
    };
    form.onchange = explain;
    form.onsubmit = (event) => {
      event.preventDefault();
      const chosen = radios.findIndex((radio) => radio.checked);
      if (chosen < 0 || model.get("guess") >= 0) return;
      radios[chosen].focus(); // the button goes, the keyboard stays in the form
      model.set("guess", chosen);
      model.save_changes();
      settle();
    };
    model.on("change:guess", settle);
    settle();
    el.append(form);
    return () => model.off("change:guess", settle);
  },
};
