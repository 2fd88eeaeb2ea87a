"use strict";
// Asks every few seconds whether an alert waits. The page is whole without this; when the line drops, it says so.
(() => {
  const count = document.querySelector(".count");
  const line = document.querySelector(".not-live");
  if (!count || !line) return;
  const title = document.title;
  const EVERY = 5000;
  const known = new Set(count.dataset.waiting.split(" "));
  let arrived = false;

  const show = ({ live, waiting }) => {
    count.dataset.live = String(live);
    count.querySelector("[aria-hidden]").textContent = String(live);
    count.querySelector(".only-heard").textContent = `${count.dataset.words} ${live}`;
    document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
    arrived = arrived || waiting.some((reference) => !known.has(reference));
    line.textContent = arrived ? line.dataset.new : "";
  };

  const ask = async () => {
    try {
      const answer = await fetch(count.dataset.ask, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401) {
        // Signed out by time: nobody should read on over an empty chair.
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
    } catch {
      line.textContent = line.dataset.notLive;
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);
})();
