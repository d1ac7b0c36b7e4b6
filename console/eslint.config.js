import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['node_modules/'] },
  ...tseslint.configs.recommendedTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        projectService: { allowDefaultProject: ['*.config.ts', '*.config.js'] },
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // The compiler (vue-tsc) says it; and what a .vue file exports, ESLint does not know.
      '@typescript-eslint/no-unused-vars': 'off',
      ...Object.fromEntries(
        ['argument', 'assignment', 'call', 'member-access', 'return'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off']),
      ),
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      'vue/max-attributes-per-line': ['error', { singleline: 8, multiline: 1 }],
      'vue/singleline-html-element-content-newline': 'off',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      // The content security policy allows no inline style in markup, and text of others is never markup.
      'vue/no-static-inline-styles': 'error',
      'vue/no-v-html': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'crypto', property: 'randomUUID', message: 'Missing in Chrome 87 and without https: use newKey().' },
        { object: 'AbortSignal', property: 'timeout', message: 'Missing in Chrome 87.' },
      ],
      'no-restricted-globals': ['error', { name: 'structuredClone', message: 'Missing in Chrome 87.' }],
    },
  },
  {
    files: ['m/**/*.ts'],
    rules: {
      // IndexedDB's requests fail with what they have, which may be null.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
    },
  },
)
