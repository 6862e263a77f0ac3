import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

// The layers are dependency-cruiser's business (.dependency-cruiser.cjs); the import rules here are the
// second line that an editor shows while typing.

const NODE_BUILTINS = [
  { regex: '^node:', message: 'No Node here: this code also runs in a browser page.' },
  {
    regex: `^(${builtinModules.join('|')})$`,
    message: 'No Node here: this code also runs in a browser page.',
  },
];
const ELECTRON = {
  regex: '^electron(/|$)',
  message: 'Electron belongs to src-main/hosts/electron alone.',
};

/** @param {...{ regex: string, message: string }} patterns */
const forbidImports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const maxLines = (/** @type {number} */ max) => ({
  'max-lines': ['error', { max, skipBlankLines: true, skipComments: true }],
});

export default tseslint.config(
  {
    ignores: [
      'out/**',
      'dist/**',
      '.electron/**',
      'test-results/**',
      'playwright-report/**',
      '.vitest-attachments/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  // TypeScript and Vue: with types.
  {
    files: ['**/*.ts', '**/*.vue'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      ...maxLines(400),
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      // A number in a message is the normal case in this program.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // An interface may ask for a promise where one implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },

  // Vue single-file components.
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: config.files ?? ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      ...maxLines(350),
      // Static style attributes are stringified into innerHTML by the template compiler and blocked by our CSP.
      'vue/no-static-inline-styles': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
    },
  },

  {
    // The typed rules see a component imported from a .vue file as `any`; vue-tsc checks the real types.
    files: ['**/*.vue', 'tests/component/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },

  // Scripts and configuration in plain JavaScript: without types.
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.base],
    rules: {
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },

  // What may be imported where.
  { files: ['src-shared/**'], rules: forbidImports(...NODE_BUILTINS, ELECTRON) },
  { files: ['src-renderer/**'], rules: forbidImports(...NODE_BUILTINS, ELECTRON) },
  { files: ['src-main/**'], ignores: ['src-main/hosts/electron/**'], rules: forbidImports(ELECTRON) },
  {
    files: ['src-main/cli/**'],
    // Talking to the terminal is what this folder is for.
    rules: {
      ...forbidImports(ELECTRON, {
        regex: '^(valibot|vue)(/|$)',
        message: 'The command line starts fast: no contract validation and no interface library here.',
      }),
    },
  },
  {
    files: ['src-*/**/*.ts'],
    ignores: ['**/*.d.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Name what you export; the name is what people search for.',
        },
      ],
    },
  },
  { files: ['tests/**', 'build/**'], rules: { 'no-console': 'off' } },

  prettier,
);
