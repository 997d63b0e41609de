// Passkeys: the browser makes and uses them, the server asks for them. Errors are written into the element that stands ready for them.
const post = async (address, body) => {
  const response = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : {};
  if (!response.ok) {
    throw new Error(answer.detail ?? 'WsusDashboard refused the passkey.');
  }
  return answer;
};

const sayWhy = error => error.name === 'NotAllowedError' ? 'No passkey was used: you cancelled, or this device has none for WsusDashboard.'
  : error.name === 'SecurityError' ? 'Passkeys need HTTPS and a host name (or localhost).'
  : error.name === 'InvalidStateError' ? 'This device already has a passkey for your account.'
  : error.message;

const supported = () => globalThis.PublicKeyCredential !== undefined;

const get = async options => (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON();

// Each gives null when it went well, else what went wrong.
const attempt = async action => {
  try {
    if (!supported()) {
      return 'This browser can\'t use passkeys here. They need HTTPS (or localhost).';
    }
    await action();
    return null;
  } catch (error) {
    return sayWhy(error);
  }
};

export const add = name => attempt(async () => {
  const options = await post('/api/v1/account/passkeys/options');
  const credential = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  await post('/api/v1/account/passkeys', { name, credential: JSON.stringify(credential.toJSON()) });
});

export const confirm = () => attempt(async () => {
  const options = await post('/api/v1/account/confirmation/options');
  await post('/api/v1/account/confirmation', { credential: JSON.stringify(await get(options)) });
});

const signIn = button => attempt(async () => {
  const options = await post('/api/v1/sign-in/passkey/options');
  await post('/api/v1/sign-in/passkey', { credential: JSON.stringify(await get(options)) });
  location.assign(button.dataset.return || '/');
});

// The page of the sign-in has no circuit: its button is bound here.
document.querySelector('button[data-passkey="sign-in"]')?.addEventListener('click', async event => {
  const problem = document.querySelector('[data-passkey-error]');
  const message = await signIn(event.currentTarget);
  problem.textContent = message ?? '';
  problem.hidden = message === null;
});
