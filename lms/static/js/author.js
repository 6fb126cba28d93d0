// `lms author` alone: waits until a file is saved, and loads the page again at the place where it is.
const follow = document.querySelector("[data-follow]");
const rest = (ms) => new Promise((enough) => { setTimeout(enough, ms); });
const [, seen] = follow.dataset.follow.split("seen=");
for (;;) {
  try {
    const { number } = await (await fetch(follow.dataset.follow)).json();
    if (String(number) !== seen) { location.reload(); break; }
  } catch {
    // The command was stopped, or starts again.
    await rest(1000);
  }
}
