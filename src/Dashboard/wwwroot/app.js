export const start = () => {
  // From here on a click is answered; before, the page is only a picture of itself.
  document.documentElement.dataset.circuit = 'up';
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
};

export const reload = () => location.reload();

export const focusContent = () => document.getElementById('content')?.focus();

// False where the browser doesn't let pages write there: the text can still be selected.
export const copyText = async text => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

export const openDialog = dialog => {
  if (dialog && !dialog.open) {
    dialog.showModal();
  }
};

export const closeDialog = dialog => {
  if (dialog?.open) {
    dialog.close();
  }
};

// A sheet that was opened from a page is closed by going back to it.
export const goBack = () => history.back();

// What was chosen in the command palette, newest first; it stays in this browser, and the server shows of it only what the person may see.
const recentKey = 'wsus-recent';

export const recent = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(recentKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter(key => typeof key === 'string').slice(0, 20) : [];
  } catch {
    return [];
  }
};

export const remember = (key, most) => {
  try {
    localStorage.setItem(recentKey, JSON.stringify([key, ...recent().filter(known => known !== key)].slice(0, most)));
  } catch { /* private mode */ }
};

export const act = action => { document.dispatchEvent(new CustomEvent('wsus-do', { detail: action })); };

// A click on the shade beside a sheet closes it, as Escape does.
export const closeOnShade = dialog => dialog?.addEventListener('pointerdown', event => {
  if (event.target === dialog) {
    dialog.close();
  }
});

// Tells the grid when the pointer or the focus is on its rows: its order stands still meanwhile.
export const watchHover = (element, page) => {
  if (!element) {
    return;
  }
  let inside = false;
  const set = value => {
    if (value !== inside) {
      inside = value;
      page.invokeMethodAsync('SetPointerInside', value).catch(() => { });
    }
  };
  element.addEventListener('pointerenter', () => set(true));
  element.addEventListener('pointerleave', () => set(false));
};

// The line that an address names, in the middle of its list.
export const scrollToCurrent = element => {
  const line = element?.querySelector('[aria-current]');
  if (line) {
    element.scrollTop = line.offsetTop - element.offsetTop - element.clientHeight / 2;
  }
};

export const scrollToEnd = element => {
  if (element) {
    element.scrollTop = element.scrollHeight;
  }
};
