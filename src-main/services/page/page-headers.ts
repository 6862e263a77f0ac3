import { randomBytes } from 'node:crypto';

/** What index.html carries in place of the nonce until it is served. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** A fresh nonce: 16 random bytes as base64. */
export const newNonce = (): string => randomBytes(16).toString('base64');

/**
 * What the page may do: run and load what we ship, and talk to the host it came from. No inline script, no eval, no
 * frame, no form, no other origin. The nonce is for two style elements that the interface library makes.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue',
  ].join('; ');
}

/** index.html with the nonce of this load. */
export function withNonce(html: string, nonce: string): string {
  return html.split(NONCE_PLACEHOLDER).join(nonce);
}

/** Headers of every answer of either door. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), hid=(), payment=()',
  'cache-control': 'no-store',
};
