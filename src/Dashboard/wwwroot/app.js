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
