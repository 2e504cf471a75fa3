export { Icon, Mark, type IconName } from './icon.tsx';
export { MoonGate, Ring } from './ring.tsx';
export { MainButton, NotNowButton, SecondButton, SmallButton, ThirdButton, type ButtonProps } from './buttons.tsx';
export { Notice, Row, Rows, StateTag, Tile, type NoticeTone, type StateTone } from './rows.tsx';
export {
  CASE_STEPS,
  Facts,
  ProgressList,
  StepBar,
  Steps,
  SummaryGroup,
  type CaseStep,
  type ProgressEntry,
  type SummaryLine,
} from './lists.tsx';
export { DigitPad, Field, GroupedDigits, type FieldProps } from './field.tsx';
export { ButtonWords, Phrases, Title } from './phrases.tsx';
export { PageFrame, type PageFrameProps } from './page-frame.tsx';
export { Actions, Waiting } from './layout.tsx';
export { DocumentCamera } from './document-camera.tsx';
export { Scroll } from './scroll.tsx';
export { ReceiptPicture } from './receipt-picture.tsx';
export { watchPresses } from './press.ts';
export { SignaturePad } from './signature-pad.tsx';
