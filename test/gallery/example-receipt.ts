import type { CaseProgress, PrintDto } from '../../electron/contract/dto.ts';

/** A receipt as the main process describes it to the screen. */
export function exampleReceipt(progress: CaseProgress, language: 'zh-CN' | 'en', copy: number): PrintDto['preview'] {
  const zh = language === 'zh-CN';
  const kept = progress.state === 'kept';
  const text = (line: string): PrintDto['preview'][number] => ({ kind: 'text', text: line });
  const rule: PrintDto['preview'][number] = { kind: 'rule', text: '' };
  const pair = (key: string, value: string): PrintDto['preview'][number] => ({ kind: 'pair', text: key, note: value });
  return [
    text(zh ? '澄湖区政务服务中心' : 'Chenghu District Services'),
    text(zh ? '24 小时自助厅 03 号机' : '24-hour hall, kiosk 03'),
    rule,
    text(zh ? '受理回执' : 'Receipt'),
    {
      kind: 'state',
      text: zh ? (kept ? '已存在本机，还没有送出' : '平台已收到') : kept ? 'Kept here, not sent yet' : 'Received',
      note: zh
        ? kept
          ? '联网后自动送到政务平台'
          : '凭编号查结果'
        : kept
          ? 'Sent when the network is back'
          : 'Look it up by number',
    },
    text(zh ? '本机受理号' : 'Local tracking number'),
    { kind: 'number', text: progress.trackingNumber },
    rule,
    pair(zh ? '事项' : 'Service', progress.itemName[language]),
    pair(zh ? '申请人' : 'Applicant', '林*夏'),
    pair(zh ? '证件' : 'ID', '990***********0028'),
    pair(zh ? '提交' : 'Submitted', '2026-03-18 20:44:07'),
    rule,
    text(zh ? '现在到哪一步' : 'Where it is now'),
    { kind: 'step', text: zh ? '存在本机' : 'Kept here', note: '20:44', done: true },
    {
      kind: 'step',
      text: zh ? '送到政务平台' : 'Sent',
      note: kept ? (zh ? '等网络' : 'no network') : '20:44',
      done: !kept,
    },
    { kind: 'step', text: zh ? '出结果' : 'Decided', note: '', done: progress.state === 'approved' },
    { kind: 'qr', text: `HC1:${progress.trackingNumber.replaceAll(' ', '')}` },
    text(zh ? '凭此码在自助机上查进度' : 'Scan it at a kiosk to look it up'),
    rule,
    text(zh ? '只证明已提交，不代表已批准。' : 'Proves submission, not approval.'),
    text(zh ? `打印 2026-03-18 20:44 第 ${copy} 次` : `Printed 2026-03-18 20:44, copy ${copy}`),
    { kind: 'feed', text: '' },
  ];
}
