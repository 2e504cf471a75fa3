import type { ReactElement } from 'react';
import {
  DocumentCamera,
  Facts,
  Icon,
  MoonGate,
  Notice,
  ProgressList,
  ReceiptPicture,
  Ring,
  Scroll,
  StateTag,
  StepBar,
  Steps,
  SummaryGroup,
  Waiting,
} from '../../../renderer/components/index.ts';
import { exampleReceipt } from '../example-receipt.ts';
import { As, Sample } from './sample.tsx';
import { useSay } from './say.ts';

const nothing = (): void => undefined;

/** What says how things stand: tags, notices, waiting, steps. */
export function States(): ReactElement {
  const say = useSay();
  return (
    <>
      <Sample title={say('状态标签', 'State tags')} look="line">
        <StateTag tone="ok">{say('可办', 'Open')}</StateTag>
        <StateTag tone="wait">{say('暂不可办', 'Not now')}</StateTag>
        <StateTag tone="err">{say('出错了', 'Wrong')}</StateTag>
        <StateTag tone="off">{say('窗口办', 'At a window')}</StateTag>
        <StateTag tone="info">{say('来自身份证', 'From ID card')}</StateTag>
        <StateTag tone="wait" icon="offline" box>
          {say('网络中断', 'Network down')}
        </StateTag>
      </Sample>
      <Sample title={say('提示', 'Notices')} look="grid two">
        <Notice tone="plain" fact={say('离开就清屏', 'Leaving clears the screen')} />
        <Notice
          tone="info"
          fact={say('只读姓名和号码', 'Only name and number are read')}
          todo={say('照片不读', 'Not the photo')}
        />
        <Notice
          tone="wait"
          icon="offline"
          fact={say('网络中断，可以照办', 'Network down, you can go on')}
          todo={say('20:40 起', 'Since 20:40')}
        />
        <Notice
          tone="err"
          fact={say('没读到身份证', 'The card was not read')}
          todo={say('请再放一次', 'Put it down again')}
        />
        <Notice tone="ok" fact={say('回执已打印', 'The receipt is printed')} />
      </Sample>
      <Sample title={say('等待', 'Waiting')} look="grid two">
        <Waiting
          since
          words={say('正在等平台', 'Waiting for the platform')}
          next={say('最多 15 秒', 'At most 15 seconds')}
        />
      </Sample>
      <Sample title={say('步骤', 'Steps')} look="grid wide">
        <Steps now="form" />
        <StepBar
          now={2}
          label={say('步骤', 'Steps')}
          steps={['1', '2', '3', '4'].map((n) => say(`第 ${n} 步`, `Step ${n}`))}
        />
      </Sample>
      <Sample title={say('环', 'Ring')} look="line">
        <Ring size={76} part={0.75} />
        <Ring size={160} part={0.3} turning />
        <Ring size={160} part={0.66}>
          16
        </Ring>
        <Ring size={160} part={0.5} tone="ok">
          <Icon name="check" />
        </Ring>
        <Ring size={160} part={1} tone="ok">
          <Icon name="check" />
        </Ring>
        <Ring size={160} part={0.4} tone="wait" />
        <Ring size={160} part={1} tone="err">
          <Icon name="close" />
        </Ring>
      </Sample>
    </>
  );
}

/** Lists to read: progress, review, facts, what is longer than its place. */
export function Lists(): ReactElement {
  const say = useSay();
  return (
    <>
      <Sample title={say('进度', 'Progress')} look="grid wide">
        <ProgressList
          label={say('进度', 'Progress')}
          entries={[
            { title: say('已存在本机', 'Kept at this kiosk'), detail: '20:44', state: 'done' },
            {
              title: say('送到政务平台', 'Sent to the platform'),
              detail: say('等网络', 'Waiting for the network'),
              state: 'waiting',
              icon: 'offline',
            },
            { title: say('住建局登记', 'Registered'), detail: say('当场办结', 'At once'), state: 'to-come' },
            {
              title: say('平台没有受理', 'Not accepted'),
              detail: say('版本已过期', 'The form is out of date'),
              state: 'wrong',
            },
          ]}
        />
      </Sample>
      <Sample title={say('核对', 'Review')} look="grid wide">
        <SummaryGroup
          title={say('您', 'You')}
          source={say('来自身份证', 'From your ID card')}
          lines={[
            { label: say('姓名', 'Name'), value: '林*夏' },
            { label: say('证件号码', 'ID number'), value: '990***********0028' },
          ]}
        />
        <SummaryGroup
          title={say('联系方式', 'Contact')}
          lines={[{ label: say('手机', 'Mobile'), value: '138****0024' }]}
          onChange={nothing}
        />
      </Sample>
      <Sample title={say('要点', 'Facts')} look="grid wide">
        <Facts
          facts={[
            { name: say('费用', 'Fee'), value: say('不收费', 'Free') },
            { name: say('多久办好', 'Time'), value: say('当场', 'At once') },
            { name: say('要填', 'Effort'), value: say('9 题', '9 questions') },
            { name: say('谁能办', 'Who'), value: say('个人', 'Anyone') },
          ]}
        />
      </Sample>
      <Sample title={say('比位置长', 'Longer than its place')} look="grid wide">
        <div style={{ height: 320, display: 'flex', flexDirection: 'column' }}>
          <Scroll label={say('名单', 'List')}>
            {Array.from({ length: 12 }, (_, index) => (
              <p key={index}>{say(`第 ${index + 1} 行`, `Line ${index + 1}`)}</p>
            ))}
          </Scroll>
        </div>
      </Sample>
    </>
  );
}

/** Pictures: the gate, the receipt, the camera's place. */
export function Pictures(): ReactElement {
  const say = useSay();
  const language = say('zh-CN', 'en') === 'en' ? 'en' : 'zh-CN';
  const receipt = exampleReceipt(
    {
      caseId: '01890000-0000-7000-8000-000000000007',
      trackingNumber: 'CH03 0318 0042 7',
      itemId: 'rent-filing',
      itemName: { 'zh-CN': '房屋租赁登记备案', en: 'Rent filing' },
      state: 'kept',
      keptAt: '2026-03-18T12:44:00Z',
      receivedAt: null,
      caseNumber: null,
      decidedAt: null,
      outcome: null,
      reason: null,
    },
    language,
    1,
  );
  return (
    <>
      <Sample title={say('月洞门', 'Moon gate')} look="grid two">
        <As name="day">
          <MoonGate width={420} hour={9} tone="day" />
        </As>
        <As name="night">
          <div style={{ background: 'var(--qing-deep)' }}>
            <MoonGate width={420} hour={20} tone="night" />
          </div>
        </As>
      </Sample>
      <Sample title={say('回执的样子', 'Receipt')} look="grid two">
        <ReceiptPicture lines={receipt} width={420} />
      </Sample>
      <Sample title={say('没有高拍仪', 'No document camera')} look="grid wide">
        <DocumentCamera onAccept={nothing} />
      </Sample>
    </>
  );
}
