import { useEffect, useState, type ReactElement } from 'react';
import { DigitPad, Field, GroupedDigits, Notice, SignaturePad } from '../../../renderer/components/index.ts';
import { Keyboard, useTyping } from '../../../renderer/ime/index.ts';
import { As, Sample } from './sample.tsx';
import { useSay } from './say.ts';

const nothing = (): void => undefined;
const PHONE = [3, 4, 4] as const;

/** Fields in every state, their messages, the pad, the sheet to sign on. */
export function Fields(): ReactElement {
  const say = useSay();
  const [signed, sign] = useState('');
  const phone = say('您的手机号码', 'Your mobile number');
  const digits = (value: string, wrong?: readonly number[]): ReactElement => (
    <GroupedDigits value={value} groups={PHONE} {...(wrong === undefined ? {} : { wrong })} />
  );
  return (
    <>
      <Sample title={say('字段', 'Field')} look="grid wide">
        <As name="empty">
          <Field label={phone} value="" placeholder={say('11 位手机号码', '11 digits')} state="empty" />
        </As>
        <As name="typing">
          <Field label={phone} value="1380000" shown={digits('1380000')} state="typing" onClear={nothing} />
        </As>
        <As name="checked">
          <Field label={phone} value="13800000024" shown={digits('13800000024')} state="checked" onClear={nothing} />
        </As>
        <As name="wrong">
          <Field label={phone} value="2380000" shown={digits('2380000', [0])} state="wrong" onClear={nothing} />
        </As>
        <As name="focus" hand="focus">
          <Field label={phone} value="138" state="typing" />
        </As>
        <As name="asleep">
          <Field label={phone} value="138" state="empty" asleep />
        </As>
        <As name="composing">
          <Field label={say('姓名', 'Name')} value="林" composing="ce'xia" state="typing" onClear={nothing} />
        </As>
        <As name="with a unit and an icon">
          <Field label={say('月租', 'Rent')} value="2600" unit={say('元', 'yuan')} icon="receipt" state="typing" />
        </As>
      </Sample>
      <Sample title={say('字段下的话', 'What a field says')} look="grid wide">
        <Notice
          tone="err"
          fact={say('出生月份写成了 13', 'The month of birth says 13')}
          todo={say('月份是 01 到 12。请改第 11 到 12 位。', 'Months are 01 to 12. See places 11 to 12.')}
        />
      </Sample>
      <Sample title={say('数字键', 'Digit pad')} look="grid wide">
        <As name="X for ID numbers; 1 is pressed" hand="pressed">
          <DigitPad label={say('数字键', 'Digits')} extra="X" onKey={nothing} onBack={nothing} />
        </As>
        <As name="a point for money; 1 has the focus" hand="focus">
          <DigitPad label={say('金额', 'Money')} extra="." onKey={nothing} onBack={nothing} />
        </As>
      </Sample>
      <Sample title={say('签名', 'Signature')} look="grid wide">
        <As name="empty">
          <SignaturePad label={say('签名', 'Signature')} value={signed} wrong={false} onChange={sign} describedBy="" />
        </As>
      </Sample>
    </>
  );
}

const MODES = ['pinyin', 'nine', 'write', 'rare', 'digits', 'latin', 'email', 'code', 'number', 'device'] as const;
const TYPED: Readonly<Partial<Record<(typeof MODES)[number], string>>> = {
  pinyin: 'chenghuqu',
  nine: '94664',
  rare: 'longtian',
};

function OneKeyboard({ mode }: { readonly mode: (typeof MODES)[number] }): ReactElement {
  const handle = useTyping(mode, nothing, nothing);
  const { act } = handle;
  const { mode: now } = handle.typing;
  // Large type begins with nine keys; here every keyboard is shown as it is called.
  useEffect(() => {
    if (now !== mode) act({ type: 'mode', mode });
  }, [act, mode, now]);
  const { pending } = handle.typing;
  useEffect(() => {
    if (now === mode && pending === '') for (const key of TYPED[mode] ?? '') act({ type: 'key', key });
  }, [act, mode, now, pending]);
  return <Keyboard handle={handle} />;
}

/** Every keyboard; the first key is pressed on one and has the focus on another. */
export function Keyboards(): ReactElement {
  const say = useSay();
  return (
    <Sample title={say('键盘', 'Keyboards')} look="keys">
      {MODES.map((mode) => (
        <As
          key={mode}
          name={mode}
          {...(mode === 'latin' ? { hand: 'pressed' } : mode === 'code' ? { hand: 'focus' } : {})}
        >
          <OneKeyboard mode={mode} />
        </As>
      ))}
    </Sample>
  );
}
