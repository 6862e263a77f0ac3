; Platter beside Windows' own handling of .vhd, never instead of it: the default value of the extension's key
; belongs to the system (double-click attaches the disk) and is neither written nor removed here.
; SHCTX is the person's or the machine's part of the registry, as the installation was chosen.

!define PLATTER_PROGID "Platter.VirtualHardDisk"

!macro platterOpenWith EXT
  WriteRegNone SHCTX "Software\Classes\${EXT}\OpenWithProgids" "${PLATTER_PROGID}"
  WriteRegStr SHCTX "Software\Classes\SystemFileAssociations\${EXT}\shell\Platter" "" "Inspect with Platter"
  WriteRegStr SHCTX "Software\Classes\SystemFileAssociations\${EXT}\shell\Platter" "Icon" "$INSTDIR\${APP_EXECUTABLE_FILENAME},0"
  WriteRegStr SHCTX "Software\Classes\SystemFileAssociations\${EXT}\shell\Platter\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro platterForget EXT
  DeleteRegValue SHCTX "Software\Classes\${EXT}\OpenWithProgids" "${PLATTER_PROGID}"
  DeleteRegKey SHCTX "Software\Classes\SystemFileAssociations\${EXT}\shell\Platter"
!macroend

!macro platterTellExplorer
  ; SHCNE_ASSOCCHANGED
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
!macroend

!macro customInstall
  WriteRegStr SHCTX "Software\Classes\${PLATTER_PROGID}" "" "Virtual Hard Disk"
  WriteRegStr SHCTX "Software\Classes\${PLATTER_PROGID}\DefaultIcon" "" "$INSTDIR\${APP_EXECUTABLE_FILENAME},0"
  WriteRegStr SHCTX "Software\Classes\${PLATTER_PROGID}\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  !insertmacro platterOpenWith ".vhd"
  !insertmacro platterOpenWith ".avhd"
  !insertmacro platterOpenWith ".vud"
  !insertmacro platterTellExplorer
!macroend

!macro customUnInstall
  !insertmacro platterForget ".vhd"
  !insertmacro platterForget ".avhd"
  !insertmacro platterForget ".vud"
  DeleteRegKey SHCTX "Software\Classes\${PLATTER_PROGID}"
  !insertmacro platterTellExplorer
!macroend
