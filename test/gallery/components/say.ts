import { useTranslation } from 'react-i18next';

/** The sample's words in the present language. */
export function useSay(): (zh: string, en: string) => string {
  const { i18n } = useTranslation();
  return (zh, en) => (i18n.language === 'zh-CN' ? zh : en);
}
