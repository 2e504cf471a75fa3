import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormValues } from '../../../electron/domain/case.ts';
import { maskedValue } from '../../../electron/domain/form.ts';
import type { FormField, FormGroup } from '../../../electron/domain/item-pack.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { Icon } from '../../components/index.ts';

/** The other questions that stand on the same page of the form: what was answered, masked, and what is still to come. */
export function GroupStrip(props: {
  readonly group: FormGroup;
  readonly others: readonly FormField[];
  readonly values: FormValues;
  readonly language: Language;
  readonly onOpen: (field: FormField) => void;
}): ReactElement | null {
  const { t } = useTranslation('ui');
  const { group, others, values, language, onOpen } = props;
  if (others.length === 0) return null;
  return (
    <ul
      className={`sibs ${others.length > 2 ? 'sibs-three' : ''} ${others.length > 3 ? 'sibs-four' : ''}`}
      aria-label={t('form.group', { group: group.title[language] })}
    >
      {others.map((field) => {
        const value = values[field.id] ?? '';
        return (
          <li key={field.id}>
            <button type="button" className={`sib ${value === '' ? '' : 'is-done'}`} onClick={() => onOpen(field)}>
              {value === '' ? <i className="sib-open" /> : <Icon name="check-circle" />}
              <span className="sib-name">{field.label[language]}</span>
              <span className="sib-value">{value === '' ? t('form.toCome') : maskedValue(field, value, language)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
