/** The only script of the page: shows those rows of the tenants' tables whose name and state are asked for. Without it all are shown. */
export const TENANTS_FILTER = `(() => {
const filter = document.getElementById('tenant-filter');
if (!filter) return;
const name = filter.querySelector('input');
const state = filter.querySelector('select');
const count = filter.querySelector('output');
const parts = [...document.querySelectorAll('#tenant-list .part')];
const apply = () => {
  const text = name.value.trim().toLowerCase();
  let shown = 0;
  for (const part of parts) {
    const before = shown;
    for (const row of part.querySelector('tbody').rows) {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(text) || !(!state.value || row.querySelector('.' + state.value));
      shown += row.hidden ? 0 : 1;
    }
    part.hidden = part !== parts[0] && shown === before;
  }
  count.textContent = text || state.value ? shown.toLocaleString('en-US') + ' shown' : '';
};
name.addEventListener('input', apply);
state.addEventListener('change', apply);
filter.hidden = false;
})();`;
