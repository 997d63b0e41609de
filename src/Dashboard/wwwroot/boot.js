// Runs before the first paint: the viewer's theme, row height and time zone, so that nothing flashes or jumps.
(() => {
  const root = document.documentElement;
  const read = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    root.dataset.theme = read('wsus-theme') ?? (system.matches ? 'dark' : 'light');
    root.style.colorScheme = root.dataset.theme;
    document.dispatchEvent(new CustomEvent('wsus-theme'));
  };
  apply();
  root.dataset.density = read('wsus-density') ?? 'compact';
  system.addEventListener('change', apply);

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.cookie = `wsus-time-zone=${zone};path=/;max-age=31536000;samesite=lax`;

  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: kept for this page only */ } };
  document.addEventListener('click', event => {
    const action = event.target.closest('[data-action]')?.dataset.action;
    if (action === 'theme') {
      const next = root.dataset.theme === 'dark' ? 'light' : 'dark';
      keep('wsus-theme', next);
      root.dataset.theme = next;
      root.style.colorScheme = next;
      document.dispatchEvent(new CustomEvent('wsus-theme'));
    } else if (action === 'density') {
      root.dataset.density = root.dataset.density === 'compact' ? 'comfortable' : 'compact';
      keep('wsus-density', root.dataset.density);
    }
  });

  document.addEventListener('keydown', event => {
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    const wanted = (event.key === 'k' && (event.ctrlKey || event.metaKey)) || (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey);
    const search = document.getElementById('server-search');
    if (wanted && search && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  // After a restart of WsusDashboard this page's circuit is gone: all that it showed is in its address, so it is loaded again by itself.
  document.addEventListener('DOMContentLoaded', () => document.getElementById('components-reconnect-modal')
    ?.addEventListener('components-reconnect-state-changed', event => {
      if (event.detail.state === 'rejected') {
        location.reload();
      } else if (event.detail.state === 'failed' && location.pathname === '/wall') {
        comeBack();
      }
    }));

  // Nobody clicks on a screen: it asks until WsusDashboard answers again.
  const comeBack = () => setTimeout(async () => {
    try {
      if ((await fetch('/health/live', { cache: 'no-store' })).ok) {
        location.reload();
        return;
      }
    } catch { /* not yet */ }
    comeBack();
  }, 5000);

  // A screen signs itself in with the token behind the # of its address, which no server and no log ever sees.
  document.addEventListener('DOMContentLoaded', () => {
    const form = document.querySelector('form[data-wall-sign-in]');
    if (form && location.hash.length > 1) {
      form.querySelector('input[type=password]').value = decodeURIComponent(location.hash.slice(1));
      history.replaceState(null, '', location.pathname);
      form.requestSubmit();
    }
  });
  document.addEventListener('click', async event => {
    if (event.target.id === 'reconnect-reload') {
      location.reload();
    } else if (event.target.id === 'reconnect-retry') {
      if (!await Blazor.reconnect()) {
        location.reload();
      }
    }
  });
})();
