export const start = () => {
  // From here on a click is answered; before, the page is only a picture of itself.
  document.documentElement.dataset.circuit = 'up';
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
};

export const focusContent = () => document.getElementById('content')?.focus();

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

export const scrollToEnd = element => {
  if (element) {
    element.scrollTop = element.scrollHeight;
  }
};

let chartScript;
export const loadCharts = () => chartScript ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = '_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js';
  script.onload = () => resolve(true);
  script.onerror = () => { chartScript = undefined; reject(new Error('The chart script did not load.')); };
  document.head.append(script);
});

const color = name => {
  // A probe resolves color-mix() and nested variables to one colour that a canvas understands.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
};

export const chartColors = () => ({
  good: color('--chart-good'), warning: color('--chart-warning'), bad: color('--chart-bad'), quiet: color('--chart-quiet'), busy: color('--chart-busy'),
  text: color('--mud-palette-text-secondary'), strong: color('--mud-palette-text-primary'), line: color('--mud-palette-lines-default'), surface: color('--mud-palette-surface'),
  font: getComputedStyle(document.body).fontFamily,
});

const chartTone = { Succeeded: 'good', Cancelled: 'warning', Failed: 'bad', Running: 'busy', 'No end recorded': 'quiet' };

// The colours of a chart are those of the theme; a canvas cannot read CSS variables by itself.
const paintCharts = () => {
  const colors = chartColors();
  const axis = { axisLabel: { color: colors.text }, axisLine: { lineStyle: { color: colors.line } }, splitLine: { lineStyle: { color: colors.line } } };
  for (const chart of window.vizorECharts?.charts.values() ?? []) {
    const options = chart.getOption();
    chart.setOption({
      textStyle: { color: colors.text },
      legend: { textStyle: { color: colors.text } },
      xAxis: axis,
      yAxis: axis,
      tooltip: { backgroundColor: colors.surface, borderColor: colors.line, textStyle: { color: colors.strong } },
      series: (options?.series ?? []).map(series => ({ name: series.name, itemStyle: { color: colors[chartTone[series.name]] } })),
    });
  }
};
document.addEventListener('wsus-theme', () => requestAnimationFrame(paintCharts));

const whenReady = (id, action, tries = 120) => {
  const chart = window.vizorECharts?.charts.get(id);
  if (chart?.getOption()?.series) {
    action(chart);
  } else if (tries > 0) {
    requestAnimationFrame(() => whenReady(id, action, tries - 1));
  }
};

// Drag selects a range, a double click shows all again, a click chooses the day under the pointer.
export const attachChart = (id, page) => whenReady(id, chart => {
  chart.setOption({ toolbox: { feature: { dataZoom: { yAxisIndex: 'none' } } } });
  chart.dispatchAction({ type: 'takeGlobalCursor', key: 'dataZoomSelect', dataZoomSelectActive: true });
  const surface = chart.getZr();
  surface.on('dblclick', () => chart.dispatchAction({ type: 'dataZoom', start: 0, end: 100 }));
  if (!page) {
    return;
  }
  let down;
  surface.on('mousedown', event => { down = event.offsetX; });
  surface.on('click', event => {
    const point = [event.offsetX, event.offsetY];
    if (down !== undefined && Math.abs(down - event.offsetX) < 4 && chart.containPixel('grid', point)) {
      page.invokeMethodAsync('ChooseDay', chart.convertFromPixel({ gridIndex: 0 }, point)[0]).catch(() => { });
    }
  });
});
