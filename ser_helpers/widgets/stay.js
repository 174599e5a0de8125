// Shift+Enter goes on to the cell below and keeps that one where it stands: a panel that grows in between would be pushed
// out of the window at the top. For a second, bring it back. Goes in front of the widgets' own files.
const stay = (el) => {
  const view = el.closest(".jp-WindowedPanel-outer");
  const next = el.closest(".jp-Cell")?.nextElementSibling;
  if (!view || !next) return;
  const look = () => {
    const above = el.getBoundingClientRect().top < view.getBoundingClientRect().top;
    if (above && next.classList.contains("jp-mod-active")) el.scrollIntoView({ block: "nearest" });
  };
  const end = () => ["scroll", "wheel", "keydown", "pointerdown"].forEach((what) => view.removeEventListener(what, what === "scroll" ? look : end));
  view.addEventListener("scroll", look);
  ["wheel", "keydown", "pointerdown"].forEach((what) => view.addEventListener(what, end));
  setTimeout(end, 1000);
  look();
};

