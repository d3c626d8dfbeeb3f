{{- define "sigh.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default "" .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (empty $name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels of every object; what changes with a release is in none of a template that may not change. */}}
{{- define "sigh.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "sigh.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sigh.worker" -}}
{{- .Values.worker.serviceAccount.name | default (ternary (printf "%s-worker" (include "sigh.fullname" .)) "default" .Values.worker.serviceAccount.create) -}}
{{- end -}}

{{- define "sigh.submitter" -}}
{{- .Values.submitter.name | default (ternary (printf "%s-submitter" (include "sigh.fullname" .)) "default" .Values.submitter.create) -}}
{{- end -}}

{{- define "sigh.objectStore" -}}
{{ include "sigh.fullname" . }}-object-store
{{- end -}}

{{- define "sigh.studies" -}}
{{ include "sigh.fullname" . }}-ray
{{- end -}}

{{- define "sigh.secret" -}}
{{- if .Values.store.existingSecret -}}
{{ .Values.store.existingSecret }}
{{- else if .Values.objectStore.enabled -}}
{{ .Values.objectStore.existingSecret | default (include "sigh.objectStore" .) }}
{{- end -}}
{{- end -}}

{{- define "sigh.endpoint" -}}
{{- if .Values.store.endpoint -}}
{{ .Values.store.endpoint }}
{{- else if .Values.objectStore.enabled -}}
http://{{ include "sigh.objectStore" . }}.{{ .Release.Namespace }}.svc:7070
{{- end -}}
{{- end -}}

{{- define "sigh.testUrl" -}}
{{- if .Values.store.testUrl -}}
{{ .Values.store.testUrl }}
{{- else if .Values.objectStore.enabled -}}
s3://{{ .Values.objectStore.bucket }}/helm-test
{{- end -}}
{{- end -}}

{{/* What a run that is sent from within the cluster asks for, under what the user says of it. */}}
{{- define "sigh.settings" -}}
{{- $env := dict "AWS_REGION" .Values.store.region -}}
{{- with include "sigh.endpoint" . }}{{ $_ := set $env "AWS_ENDPOINT_URL" . }}{{ end -}}
{{- $ours := dict "image" (include "sigh.image" .) "pull_policy" .Values.image.pullPolicy "service_account" (include "sigh.worker" .) "env" $env -}}
{{- with .Values.image.pullSecrets }}{{ $_ := set $ours "pull_secrets" . }}{{ end -}}
{{- with include "sigh.secret" . }}{{ $_ := set $ours "env_secrets" (list .) }}{{ end -}}
{{- if .Values.studies.enabled }}
{{- $_ := set $ours "ray_service" (include "sigh.studies" .) }}
{{- $_ := set $ours "ray_secret" (.Values.studies.existingSecret | default (include "sigh.studies" .)) }}
{{- end -}}
{{- toYaml (mergeOverwrite (dict "kubernetes" $ours) (deepCopy .Values.settings)) -}}
{{- end -}}

{{- define "sigh.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "sigh.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* What every pod of ours may reach. */}}
{{- define "sigh.egress" -}}
- ports: # name servers
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
- ports: # S3, and identities of clouds
    - {protocol: TCP, port: 443}
{{- if .Values.objectStore.enabled }}
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/instance: {{ .Release.Name }}
          app.kubernetes.io/component: object-store
  ports:
    - {protocol: TCP, port: 7070}
{{- end }}
{{- with .Values.networkPolicy.egress }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "sigh.testContainer" -}}
image: {{ include "sigh.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: HOME
    value: /tmp
  - name: AWS_REGION
    value: {{ .Values.store.region | quote }}
  {{- with include "sigh.endpoint" . }}
  - name: AWS_ENDPOINT_URL
    value: {{ . | quote }}
  {{- end }}
{{- with include "sigh.secret" . }}
envFrom:
  - secretRef:
      name: {{ . }}
{{- end }}
resources:
  requests: {cpu: 250m, memory: 512Mi, ephemeral-storage: 256Mi}
  limits: {memory: 2Gi, ephemeral-storage: 1Gi}
securityContext:
  {{- include "sigh.containerSecurity" . | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- end }}
