import { Component, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Actions, MainButton, PageFrame } from './components/index.ts';
import { useFlow } from './flow/index.ts';
import { problemText } from './i18n/index.ts';

/** What stands in for a screen that failed: the truth, and the way to start again. */
function FailedScreen(): ReactElement {
  const { t } = useTranslation('ui');
  const { endVisit } = useFlow();
  const { title } = problemText(t, { code: 'K105-internal', params: {} });
  return (
    <PageFrame
      screen="failed"
      title={title}
      lead={t('failed.lead')}
      onBack={null}
      visitBar={false}
      actions={
        <Actions>
          <MainButton onPress={() => endVisit('restarted')}>{t('failed.restart')}</MainButton>
        </Actions>
      }
    >
      {null}
    </PageFrame>
  );
}

interface Props {
  readonly children: ReactNode;
}

/** A screen that throws must not blank the kiosk. A new visit (another `key`) tries anew. */
export class ScreenGuard extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <FailedScreen /> : this.props.children;
  }
}
