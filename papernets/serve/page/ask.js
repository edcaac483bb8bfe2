"use strict";
// What the pages share: asking the server, with its token where it has one.

const $ = (id) => document.getElementById(id);
let token = "";

async function ask(path, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const options = body ? { method: "POST", body, headers } : { headers };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The server cannot be reached.");
  }
  const value = await answer.json().catch(() => ({ error: "The server gave no answer." }));
  if (answer.ok) return value;
  if (answer.status === 401) {
    $("key").hidden = false;
    throw new Error(token && "This is not the server's token.");
  }
  throw new Error(value.error);
}

// The token is kept by the page alone, until it is closed or loaded again.
function askAgain(begin) {
  $("key").addEventListener("submit", (event) => {
    event.preventDefault();
    token = $("token").value.trim();
    begin();
  });
}

function made(tag, kind, text = "") {
  const part = document.createElement(tag);
  part.className = kind;
  part.textContent = text;
  return part;
}
