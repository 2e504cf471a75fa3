import { useState, type ReactElement } from 'react';
import {
  Actions,
  MainButton,
  NotNowButton,
  Row,
  Rows,
  SecondButton,
  SmallButton,
  StateTag,
  ThirdButton,
  Tile,
} from '../../../renderer/components/index.ts';
import { As, Sample } from './sample.tsx';
import { useSay } from './say.ts';

const nothing = (): void => undefined;

/** Everything that is pressed: buttons, tiles, rows, chips, switches. */
export function Buttons(): ReactElement {
  const say = useSay();
  const [on, turn] = useState(true);
  const apply = say('开始办理', 'Apply');
  const again = say('再办一件', 'Do another');
  const skip = say('不评价', 'Do not rate');
  const change = say('修改', 'Change');
  return (
    <>
      <Sample title={say('主按钮', 'Main button')}>
        <As name="rest">
          <MainButton iconAfter="arrow-right" onPress={nothing}>
            {apply}
          </MainButton>
        </As>
        <As name="pressed" hand="pressed">
          <MainButton onPress={nothing}>{apply}</MainButton>
        </As>
        <As name="focus" hand="focus">
          <MainButton onPress={nothing}>{apply}</MainButton>
        </As>
        <As name="busy">
          <MainButton busy onPress={nothing}>
            {say('正在提交', 'Submitting')}
          </MainButton>
        </As>
      </Sample>
      <Sample title={say('第二、第三按钮，暂不可办', 'Second, third, not now')}>
        <As name="second">
          <SecondButton onPress={nothing}>{again}</SecondButton>
        </As>
        <As name="second, pressed" hand="pressed">
          <SecondButton onPress={nothing}>{again}</SecondButton>
        </As>
        <As name="third">
          <ThirdButton onPress={nothing}>{skip}</ThirdButton>
        </As>
        <As name="third, focus" hand="focus">
          <ThirdButton onPress={nothing}>{skip}</ThirdButton>
        </As>
        <As name="not now">
          <NotNowButton reason={say('回执打印机缺纸，20:05 起', 'No receipt paper since 20:05')} onPress={nothing}>
            {say('打印一次性告知单', 'Print the notice')}
          </NotNowButton>
        </As>
        <As name="second, busy">
          <SecondButton busy onPress={nothing}>
            {say('正在打印', 'Printing')}
          </SecondButton>
        </As>
      </Sample>
      <Sample title={say('小按钮、标签、开关', 'Small buttons, chips, a switch')} look="line">
        <SmallButton icon="pencil" onPress={nothing}>
          {change}
        </SmallButton>
        <SmallButton tone="line" onPress={nothing}>
          {change}
        </SmallButton>
        <SmallButton tone="solid" onPress={nothing}>
          {say('去处理', 'Fix')}
        </SmallButton>
        <div className="chips">
          <button type="button" className="chip on" aria-pressed="true">
            {say('全部', 'All')}
          </button>
          <button type="button" className="chip" aria-pressed="false">
            {say('个人', 'People')}
          </button>
        </div>
      </Sample>
      <Sample title={say('主按钮旁的第二按钮', 'Second beside main')} look="grid wide">
        <Actions split="one-two">
          <SecondButton onPress={nothing}>{say('上一题', 'Previous')}</SecondButton>
          <MainButton iconAfter="arrow-right" onPress={nothing}>
            {say('下一题', 'Next question')}
          </MainButton>
        </Actions>
      </Sample>
      <Sample title={say('入口', 'Tiles')} look="grid one">
        {(['solid', 'tint', 'off'] as const).map((look) => (
          <As key={look} name={look}>
            <Tile
              look={look}
              icon="id-card"
              title={say('办理事项', 'Apply')}
              detail={
                look === 'off'
                  ? say('读卡器没有应答，20:05 起', 'No card reader since 20:05')
                  : say('身份证就能办', 'With an ID card')
              }
              {...(look === 'off' ? { instead: say('左边 5 米的 05 号机能办', 'Use kiosk 05, 5 m to the left') } : {})}
              state={
                look === 'off' ? (
                  <StateTag tone="wait">{say('暂不可办', 'Not now')}</StateTag>
                ) : (
                  <StateTag tone="ok">{say('可办', 'Open')}</StateTag>
                )
              }
              onPress={nothing}
            />
          </As>
        ))}
        <As name="pressed" hand="pressed">
          <Tile
            look="tint"
            icon="id-card"
            title={say('办理事项', 'Apply')}
            detail={say('身份证就能办', 'With an ID card')}
            state={null}
            onPress={nothing}
          />
        </As>
      </Sample>
      <Sample title={say('行', 'Rows')} look="grid wide">
        <Rows label={say('行', 'Rows')}>
          <Row
            icon="receipt"
            title={say('查办理进度', 'Check progress')}
            detail={say('用回执编号或身份证查', 'By receipt number or ID card')}
            state={<StateTag tone="ok">{say('可办', 'Open')}</StateTag>}
            onPress={nothing}
          />
          <Row
            off
            icon="printer"
            title={say('打印证明', 'Print a certificate')}
            detail={say('A4 纸用完（20:05 起），已报值班员。', 'No A4 paper since 20:05; staff know.')}
            instead={say('左边 5 米的 05 号机能打印', 'Use kiosk 05, 5 m to the left')}
            state={<StateTag tone="wait">{say('暂不可办', 'Not now')}</StateTag>}
            onPress={nothing}
          />
          <Row title={say('只看的一行', 'Only to read')} detail={say('按不动', 'Cannot be pressed')} />
        </Rows>
        <Rows className="choices" label={say('选项', 'Choices')}>
          <Row title={say('租客', 'Tenant')} chosen={on} onPress={() => turn(!on)} />
          <Row title={say('房东', 'Landlord')} chosen={!on} onPress={() => turn(!on)} />
        </Rows>
      </Sample>
    </>
  );
}
