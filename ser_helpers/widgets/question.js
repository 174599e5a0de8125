// The guess at a question: radio buttons, one button, and then which is right and what the lesson's text says of each.

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
    const labels = choices.map(({ label }, i) => make("label", {}, radios[i], make("span", { innerHTML: label }), make("em")));
    let guess = -1;
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
      if (guess >= 0 && chosen >= 0) said.innerHTML = choices[chosen].explanation;
    };
    const settle = (made) => { // the guess is made: mark it and the right one, and let the radio buttons show the explanations
      if (made < 0) return;
      guess = made;
      choices.forEach(({ right }, i) => {
        labels[i].classList.toggle("ser-right", right);
        if (right) labels[i].lastChild.textContent = i === guess ? "✓ right, and your guess" : "✓ right";
        else labels[i].lastChild.textContent = i === guess ? "✗ your guess" : "";
      });
      if (!radios.some((radio) => radio.checked)) radios[guess].checked = true;
      button.hidden = true;
      explain();
    };
    form.onchange = explain;
    form.onsubmit = (event) => {
      event.preventDefault();
      const chosen = radios.findIndex((radio) => radio.checked);
      if (chosen < 0 || guess >= 0) return;
      radios[chosen].focus(); // the button goes, the keyboard stays in the form
      model.send({ guess: chosen });
      settle(chosen);
    };
    const receive = (message) => settle(message.guess);
    el.append(form);
    model.on("msg:custom", receive);
    model.send({}); // was there a guess before?
    return () => model.off("msg:custom", receive);
  },
};
