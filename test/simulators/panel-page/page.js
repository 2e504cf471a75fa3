// The page of the simulator panel. It shows what /state says and sends what is pressed to /action.
const $ = (id) => document.getElementById(id);
const DEVICES = {
  'card-reader': '身份证阅读器',
  'receipt-printer': '打印机',
  'locker-cu48': '柜 CU48',
  'locker-8a': '柜 8A',
  'locker-cu16': '柜 CU16',
  'locker-cu12': '柜 CU12',
  'locker-cu': '柜 CU',
  'locker-wkly': '柜 WKLY',
  'locker-modbus': '柜 Modbus',
  'serial-keypad': '评价器 串口',
  'hid-keypad': '评价器 HID',
  scanner: '扫码器',
  'presence-sensor': '人体感应',
};
const LEVELS = [
  [5, '非常满意', 'Very good'],
  [4, '满意', 'Good'],
  [3, '基本满意', 'Fair'],
  [2, '不满意', 'Bad'],
  [1, '非常不满意', 'Very bad'],
];
const PAPER = [
  ['tear', '撕纸', 'Tear off'],
  ['refill', '换新纸卷', 'Refill'],
  ['near-end', '纸将尽', 'Near end'],
  ['last-lines', '只剩 4 厘米', '4 cm left'],
  ['out', '缺纸', 'Paper out'],
  ['jam', '卡纸', 'Jam'],
  ['clear-jam', '清除卡纸', 'Clear jam'],
  ['open-cover', '开盖', 'Open cover'],
  ['close-cover', '合盖', 'Close cover'],
  ['fail-cutter', '切刀故障', 'Cutter stuck'],
  ['repair-cutter', '修好切刀', 'Repair cutter'],
  ['power-off', '断电', 'Power off'],
  ['power-on', '上电', 'Power on'],
];
const BEHAVIOURS = [
  ['normal', '正常', 'Normal'],
  ['stuck', '卡住', 'Stuck'],
  ['slow', '慢', 'Slow'],
  ['sensor-broken', '传感器坏', 'Sensor broken'],
  ['left-open', '没人关门', 'Left open'],
];
const FAULTS = [
  ['none', '平台正常', 'Platform well'],
  ['slow', '慢', 'Slow'],
  ['refuse', '拒绝', 'Refuses'],
  ['vanish', '失联', 'Vanishes'],
];
const BOARDS = {
  'locker-cu48': [0, 1],
  'locker-8a': [1, 2],
  'locker-cu16': [0, 1],
  'locker-cu12': [0, 1],
  'locker-cu': [0, 1],
  'locker-wkly': [0, 1],
  'locker-modbus': [1, 2],
};
const LOCKS_SHOWN = 12;

let problemTimer;
let state = null;

async function act(body) {
  const answer = await fetch('/action', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.ok) {
    show(await answer.json());
    return;
  }
  $('problem').textContent = await answer.text();
  $('problem').style.display = 'block';
  clearTimeout(problemTimer);
  problemTimer = setTimeout(() => {
    $('problem').style.display = 'none';
  }, 5000);
}

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === 'onclick') node.addEventListener('click', value);
    else if (value !== null) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function button(zh, en, body, cls = null) {
  const press = () => act(typeof body === 'function' ? body() : body);
  return el('button', { type: 'button', class: cls, onclick: press }, zh, el('small', {}, en));
}

/** Redraws a part only when its data changed, so that a press never loses its button and focus stays. */
const drawn = new Map();
function draw(id, data, build) {
  const text = JSON.stringify(data);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  $(id).replaceChildren(...build());
}

function picked() {
  const form = new FormData($('door'));
  return {
    locker: form.get('locker'),
    cell: { board: Number(form.get('board')), lock: Number(form.get('lock')) },
  };
}

function pick(board, lock) {
  const { elements } = $('door');
  elements.board.value = board;
  elements.lock.value = lock;
  showMap();
}

function clock(at) {
  return new Date(at).toLocaleTimeString('zh-CN', { hour12: false });
}

function showMap() {
  if (state === null) return;
  const { locker, cell } = picked();
  const doors = state.doors[locker];
  const mapButton = (board, lock) => {
    const door = doors.find((one) => one.cell.board === board && one.cell.lock === lock);
    const classes = [
      cell.board === board && cell.lock === lock ? 'picked' : '',
      door?.open ? 'open' : '',
      door !== undefined && door.behaviour !== 'normal' ? 'ill' : '',
    ];
    const label = `板 ${board} 锁 ${lock}${door?.open ? ' 开着' : ''}`;
    const onclick = () => pick(board, lock);
    return el('button', { type: 'button', class: classes.join(' '), 'aria-label': label, onclick }, String(lock));
  };
  draw('map', { locker, cell, doors }, () =>
    BOARDS[locker].flatMap((board) => [
      el('span', {}, `板 ${board}`),
      ...Array.from({ length: LOCKS_SHOWN }, (_, index) => mapButton(board, index + 1)),
    ]),
  );
}

function showDoors() {
  const doors = Object.entries(state.doors).flatMap(([locker, list]) => list.map((door) => ({ locker, ...door })));
  draw('doors', doors, () =>
    doors.length === 0
      ? [el('tr', {}, el('td', { class: 'empty' }, '全部关好 All shut'))]
      : doors.map(({ locker, cell, open, behaviour, pulses }) => {
          const onclick = () => act({ do: 'close-door', locker, cell });
          return el(
            'tr',
            {},
            el('td', {}, `${DEVICES[locker]} ${cell.board}-${cell.lock}`),
            el('td', {}, open ? '开着 open' : '关好 shut'),
            el('td', {}, BEHAVIOURS.find(([key]) => key === behaviour)?.[1] ?? ''),
            el('td', {}, `${pulses} 次脉冲`),
            el('td', {}, el('button', { type: 'button', onclick }, '关门 Close')),
          );
        }),
  );
}

const lines = new Map();
function addLine(device) {
  const number = (key, max) => el('input', { type: 'number', min: 0, max, step: 1, 'data-key': key });
  const check = (key, text) => el('label', {}, el('input', { type: 'checkbox', 'data-key': key }), ` ${text}`);
  const plug = el('button', {
    type: 'button',
    onclick: () => act({ do: state.devices[device].plugged ? 'unplug' : 'replug', device }),
  });
  const address = el('code');
  const faults = el(
    'div',
    { class: 'faults' },
    el('label', {}, '迟 Late ', number('lateMs', 60_000), ' ms'),
    el('label', {}, '乱 Noise ', number('garbageBytes', 1000)),
    check('drip', '滴 Drip'),
    check('halfFrames', '半帧 Half'),
    check('mute', '哑 Mute'),
  );
  const inputs = [...faults.querySelectorAll('[data-key]')];
  faults.addEventListener('change', () => {
    const values = inputs.map((input) => [
      input.dataset.key,
      input.type === 'checkbox' ? input.checked : Number(input.value),
    ]);
    void act({ do: 'line', device, behaviour: Object.fromEntries(values) });
  });
  $('lines').append(el('div', { class: 'line' }, el('div', {}, DEVICES[device], address), plug, faults));
  return { plug, address, inputs };
}

function showLines() {
  for (const [device, { address, plugged, line }] of Object.entries(state.devices)) {
    if (!lines.has(device)) lines.set(device, addLine(device));
    const row = lines.get(device);
    row.address.textContent = address;
    row.plug.className = plugged ? 'bad' : 'on';
    row.plug.textContent = plugged ? '拔出 Unplug' : '插回 Replug';
    for (const input of row.inputs) {
      if (input.type === 'checkbox') input.checked = line[input.dataset.key];
      else if (document.activeElement !== input) input.value = line[input.dataset.key];
    }
  }
  for (const tag of document.querySelectorAll('[data-plug]')) {
    const device = tag.dataset.plug;
    const { plugged } = state.devices[device];
    tag.className = plugged ? 'tag' : 'tag off';
    const name = device.startsWith('locker') ? `${DEVICES[device]} ` : '';
    tag.textContent = name + (plugged ? '已连接 plugged in' : '已拔出 unplugged');
  }
}

function showPrinter() {
  const { printer } = state;
  const troubles = [
    printer.powered ? '' : '断电',
    printer.coverOpen ? '开盖' : '',
    printer.paperOut ? '缺纸' : '',
    printer.nearEnd && !printer.paperOut ? '纸将尽' : '',
    printer.jammed ? '卡纸' : '',
    printer.cutterError ? '切刀故障' : '',
  ];
  $('printer').textContent = [
    troubles.filter((trouble) => trouble !== '').join('、') || '正常',
    `余纸 ${printer.paperLines} 行`,
    `挂纸 ${Math.round(printer.hangingDots / 8)} mm`,
    `已出纸 ${state.receipts} 张`,
  ].join(' · ');
  draw('papers', state.papers, () =>
    state.papers.length === 0
      ? [el('p', { class: 'empty' }, '还没有 Nothing yet')]
      : state.papers.map(({ id, at }) => {
          const src = `/receipts/${id}.png`;
          const image = el('img', { src, alt: `回执 Receipt ${id}` });
          return el('a', { href: src, target: '_blank', title: clock(at) }, image);
        }),
  );
}

function showPlatform() {
  const { network, platform, messages } = state;
  if (network !== null) {
    const words = network.cut ? ['网络已断开', 'Network cut: restore'] : ['网络正常', 'Network up: cut it'];
    draw('network', network, () => [
      button(...words, { do: 'network', cut: !network.cut }, network.cut ? 'on' : 'well'),
    ]);
  }
  if (platform !== null) {
    const mark = (fault) => (fault === 'none' ? 'well' : 'on');
    draw('platform', platform, () =>
      FAULTS.map(([fault, zh, en]) =>
        button(zh, en, { do: 'platform', fault }, platform.fault === fault ? mark(fault) : null),
      ),
    );
  }
  $('messagesBox').hidden = messages === null;
  draw('messages', messages, () =>
    (messages ?? []).map(({ at, to, text }) => el('li', {}, el('time', {}, clock(at)), el('b', {}, to), text)),
  );
}

function show(news) {
  state = news;
  draw('cards', [state.cards, state.card], () => [
    ...state.cards.map(({ key, label }) =>
      button(label['zh-CN'], label.en, { do: 'lay-card', card: key }, state.card === key ? 'on' : null),
    ),
    button('拿走卡', 'Take the card away', { do: 'remove-card' }, 'bad'),
  ]);
  draw('somebody', state.somebody, () => [
    button('有人走近', 'Somebody comes', { do: 'stand', present: true }, state.somebody ? 'on' : null),
    button('人走开', 'Somebody leaves', { do: 'stand', present: false }, state.somebody ? null : 'on'),
  ]);
  showPrinter();
  showMap();
  showDoors();
  showLines();
  showPlatform();
  draw('activity', state.activity, () =>
    state.activity.map(({ at, device, text }) =>
      el('li', {}, el('time', {}, clock(at)), el('b', {}, DEVICES[device]), text),
    ),
  );
}

for (const box of document.querySelectorAll('[data-keypad]')) {
  const { keypad } = box.dataset;
  box.append(...LEVELS.map(([level, zh, en]) => button(zh, en, { do: 'press-key', level, keypad })));
}
$('paper').append(...PAPER.map(([what, zh, en]) => button(zh, en, { do: 'paper', what })));
const muteBoard = (mute) => () => {
  const { locker, cell } = picked();
  return { do: 'mute-board', locker, board: cell.board, mute };
};
$('doorButtons').append(
  ...BEHAVIOURS.map(([behaviour, zh, en]) => button(zh, en, () => ({ do: 'door-behaviour', ...picked(), behaviour }))),
  button('关门', 'Close', () => ({ do: 'close-door', ...picked() })),
  button('撬开', 'Force open', () => ({ do: 'force-door', ...picked() }), 'bad'),
  button('断开此板', 'Board off', muteBoard(true), 'bad'),
  button('恢复此板', 'Board on', muteBoard(false)),
);
$('door').addEventListener('submit', (event) => event.preventDefault());
$('door').addEventListener('input', showMap);
$('door').elements.locker.addEventListener('change', (event) => pick(BOARDS[event.target.value][0], 1));
$('scan').addEventListener('submit', (event) => {
  event.preventDefault();
  void act({ do: 'scan', text: event.target.querySelector('input').value });
});
async function refresh() {
  show(await (await fetch('/state')).json());
}
new EventSource('/events').addEventListener('message', () => void refresh());
