const q = new URLSearchParams(location.search).get('q') || 'card';
document.querySelector('#q').value = q;
// Back to the same search.
document.querySelector('#agent-sign-in').search +=
  `&returnTo=${encodeURIComponent(location.pathname + location.search)}`;

// Browsers may bring back the whole page, with what somebody saw who has signed out since.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

for (const place of document.querySelectorAll('[data-api]')) {
  place.setAttribute('aria-live', 'polite');
  show(place).catch(() => say(place, 'The answer did not arrive.'));
}
showWhoIsSignedIn().catch(() => {
  document.querySelector('#who').textContent = 'Who is signed in at eGain is not known';
});

async function show(place) {
  const answer = await fetch(`${place.dataset.api}?q=${encodeURIComponent(q)}`);
  const body = await answer.json();
  if (answer.ok) return list(place, body);
  if (answer.status !== 401) return say(place, `That did not work (${body.error?.code ?? body.message}).`);
  place.parentElement.querySelector('.sign-in').hidden = false;
}

/** Text only: nothing that eGain answers becomes markup. */
function list(place, { as, items }) {
  say(place, items.length > 0 ? `As ${as}:` : `As ${as}: nothing found.`);
  if (items.length === 0) return;
  const entries = items.map((name) => Object.assign(document.createElement('li'), { textContent: name }));
  const ul = document.createElement('ul');
  ul.append(...entries);
  place.append(ul);
}

function say(place, text) {
  place.replaceChildren(Object.assign(document.createElement('p'), { textContent: text }));
}

async function showWhoIsSignedIn() {
  const { authenticated, identity } = await (await fetch('/auth/session')).json();
  if (authenticated) document.querySelector('#who').textContent = identity.name ?? 'Somebody';
  document.querySelector('#sign-out').hidden = !authenticated;
}
