// Light and dark, what a keyboard reaches, what is open on paper, and the search; the pages can be read without it.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const kept = { // a page from a file may have no storage
  get dark() { try { return JSON.parse(localStorage.getItem("ser-dark")); } catch { return null; } },
  set dark(dark) { try { localStorage.setItem("ser-dark", JSON.stringify(dark)); } catch { /* for this page alone */ } },
};
const shine = (dark) => { root.dataset.jpThemeLight = String(!dark); }; // JupyterLab's own name: figures and panels go by it
shine(kept.dark ?? system.matches);
system.addEventListener("change", () => shine(kept.dark ?? system.matches));

const reach = () => { // what scrolls sideways can be scrolled with the keyboard
  for (const box of document.querySelectorAll("main pre, main .wide, main .ser-panel figure")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("main details:not(.hint)")) box.open = true;
});

const plain = (text) => text.toLowerCase().normalize("NFKD");
const find = (query) => {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return SECTIONS.map((section) => {
    const heading = plain(`${section.title} ${section.heading}`), text = plain(section.text);
    const hits = words.map((word) => 20 * heading.includes(word) + Math.min(text.split(word).length - 1, 9));
    return { section, score: words.length && Math.min(...hits) ? hits.reduce((a, b) => a + b) : 0, word: words[0] };
  }).filter(({ score }) => score).sort((a, b) => b.score - a.score);
};
const shown = ({ section, word }) => {
  const item = document.createElement("li"), link = document.createElement("a"), text = document.createElement("p");
  link.href = section.address;
  link.textContent = [section.title, section.heading].filter(Boolean).join(" › ");
  const at = Math.max(plain(section.text).indexOf(word), 0), from = Math.max(at - 70, 0);
  const hit = section.text.slice(at, at + word.length), mark = document.createElement("mark");
  mark.textContent = plain(hit) === word ? hit : "";
  text.append((from ? "… " : "") + section.text.slice(from, at), mark, section.text.slice(at + mark.textContent.length, at + 130) + " …");
  item.append(link, text);
  return item;
};
const search = () => {
  const list = document.querySelector("#found");
  if (!list) return;
  const query = new URLSearchParams(location.search).get("q") ?? "", found = find(query);
  for (const field of document.querySelectorAll("input[type=search]")) field.value = query;
  document.querySelector("#count").textContent = query
    ? `${found.length || "No"} ${found.length === 1 ? "place holds" : "places hold"} “${query}”.` : "Type a word above.";
  list.replaceChildren(...found.slice(0, 60).map(shown));
};

addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector(".theme");
  button.hidden = false;
  button.addEventListener("click", () => shine((kept.dark = root.dataset.jpThemeLight === "true")));
  reach();
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true); // what was closed had no width
  search();
});
