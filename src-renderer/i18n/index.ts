import { createI18n } from 'vue-i18n';
import { en } from './en';
import { pseudoMessages } from './pseudo';

type Leaves<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Leaves<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

/** Every key of the English messages, e.g. `'shell.rail.home'`. A misspelt key does not compile. */
export type MessageKey = Leaves<typeof en>;

/** Values for the `{names}` of a message; `count` also chooses the plural form. */
export type MessageValues = Readonly<Record<string, string | number>>;

export type Translate = (key: MessageKey, values?: MessageValues) => string;

export const LOCALES = ['en', 'pseudo'] as const;
export type Locale = (typeof LOCALES)[number];

/** Every locale has the shape of the English messages. */
const messages: Record<Locale, typeof en> = { en, pseudo: en };

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages,
});
let pseudoMade = false;

/** Text for a key in the language in force. Reactive when called inside a template or computed. */
export const t: Translate = (key, values) => {
  const { t: translate } = i18n.global;
  if (!values) return translate(key);
  const count = values['count'];
  return typeof count === 'number' ? translate(key, values, count) : translate(key, values);
};

/** True when a key made at run time (`findings.${code}.title`) has a message. */
export function hasMessage(key: string): key is MessageKey {
  return i18n.global.te(key, 'en');
}

/** Changes the language; `pseudo` is made on first use. */
/** A job's verb in the person's language. */
export function verbName(verb: string): string {
  const key = `jobs.verbs.${verb}`;
  return hasMessage(key) ? t(key) : verb;
}

export function setLocale(locale: Locale): void {
  if (locale === 'pseudo' && !pseudoMade) {
    i18n.global.setLocaleMessage('pseudo', pseudoMessages(en) as unknown as typeof en);
    pseudoMade = true;
  }
  i18n.global.locale.value = locale;
  document.documentElement.lang = 'en';
}
