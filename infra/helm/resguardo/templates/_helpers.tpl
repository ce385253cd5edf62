{{- define "resguardo.agencies" -}}
prosecution child-protection victims-commission health
{{- end }}

{{- define "resguardo.services" -}}
coordination {{ include "resguardo.agencies" . }} oversight insights
{{- end }}

{{/* (list root program): with room for what Kubernetes puts behind it in labels, the number of a replica and the print of a revision. Cut, two could be alike. */}}
{{- define "resguardo.name" -}}
{{- $release := (index . 0).Release.Name }}
{{- if gt (len $release) 32 }}{{ fail "the name of the release: at most 32 characters" }}{{ end -}}
{{ printf "%s-%s" $release (index . 1) }}
{{- end }}

{{/* (list root program): hosts of its replicas, with spaces between: of coordination each by itself, of others their Service */}}
{{- define "resguardo.hosts" -}}
{{- $name := include "resguardo.name" . }}
{{- if eq (index . 1) "coordination" -}}
{{ $name }}-0.{{ $name }} {{ $name }}-1.{{ $name }}
{{- else -}}
{{ $name }}
{{- end }}
{{- end }}

{{/* (list root program ending): addresses of its replicas, with commas between */}}
{{- define "resguardo.addresses" -}}
{{- $ending := index . 2 }}
{{- range $i, $host := splitList " " (include "resguardo.hosts" .) }}
{{- if $i }},{{ end }}http://{{ $host }}{{ $ending }}
{{- end }}
{{- end }}

{{/* (list root program): what pods are chosen by */}}
{{- define "resguardo.selector" -}}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/name: {{ index . 1 }}
{{- end }}

{{- define "resguardo.labels" -}}
{{ include "resguardo.selector" . }}
app.kubernetes.io/part-of: resguardo
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
{{- end }}

{{- define "resguardo.metadata" -}}
name: {{ include "resguardo.name" . }}
labels:
  {{- include "resguardo.labels" . | nindent 2 }}
{{- end }}

{{/* (list root program): names under which a service answers, with the port; each replica under those of all */}}
{{- define "resguardo.names" -}}
{{- include "resguardo.ownName" . }}
{{- if eq (index . 1) "coordination" }}
{{- range splitList " " (include "resguardo.hosts" .) }},{{ . }}:8080{{ end }}
{{- end }}
{{- end }}

{{/* (list root program): a name under which it answers, with the port */}}
{{- define "resguardo.ownName" -}}
{{- $root := index . 0 }}
{{- if eq (index . 1) "gateway" -}}
{{ required "gateway.names: the names under which browsers reach it" (first $root.Values.gateway.names) }}
{{- else -}}
{{ include "resguardo.name" . }}:8080
{{- end }}
{{- end }}

{{- define "resguardo.probe" -}}
httpGet:
  path: /health/{{ index . 2 }}
  port: graphql
  # A door answers under its own names only.
  httpHeaders:
    - name: Host
      value: {{ include "resguardo.ownName" . | quote }}
{{- end }}

{{/* (list root program): rule that lets in or out by a program's pods */}}
{{- define "resguardo.pods" -}}
podSelector:
  matchLabels:
    {{- include "resguardo.selector" . | nindent 4 }}
{{- end }}

{{/* egress to what stands outside the chart; nothing when nobody is named */}}
{{- define "resguardo.outside" -}}
{{- if .to }}
- to:
    {{- toYaml .to | nindent 4 }}
  ports:
    - { protocol: TCP, port: {{ .port }} }
    {{- if eq (int .port) 53 }}
    - { protocol: UDP, port: {{ .port }} }
    {{- end }}
{{- end }}
{{- end }}
