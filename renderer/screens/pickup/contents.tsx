import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { PickupDto } from '../../../electron/contract/dto.ts';
import type { Language } from '../../../electron/domain/text.ts';
import { Icon, type IconName } from '../../components/index.ts';

/** A picture from the thing's own name; anything unknown is a bag. */
function iconFor(name: string): IconName {
  if (/章|seal|stamp/iu.test(name)) return 'stamp';
  if (/副本|copy|duplicate/iu.test(name)) return 'copy';
  if (/证|照|licen[cs]e|certificate|permit/iu.test(name)) return 'certificate';
  return 'bag';
}

/** What lies in the cell, as the platform announced it. */
export function Contents({ pickup, language }: { pickup: PickupDto; language: Language }): ReactElement {
  const { t } = useTranslation('pickup');
  return (
    <ul className="take" aria-label={t('contents')}>
      {pickup.contents.map((content) => (
        <li key={content.name['zh-CN']}>
          <Icon name={iconFor(content.name[language])} />
          <b>{content.name[language]}</b>
          <span>{t('count', { count: content.count })}</span>
        </li>
      ))}
    </ul>
  );
}

/** How many things in all. */
export function countOf(pickup: PickupDto): number {
  return pickup.contents.reduce((sum, content) => sum + content.count, 0);
}
