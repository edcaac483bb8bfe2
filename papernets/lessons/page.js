/* A lesson's own page: its lesson in its home, and the button for light and dark. */
{
  const data = JSON.parse(document.getElementById("data").textContent);
  Lessons.lessonIn(document.querySelector(".lesson"), data);
  const theme = document.getElementById("theme"),
    root = document.documentElement;
  if (theme) theme.hidden = false;
  theme?.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}
