@rem The command line of the installed program: `platter info disk.vhd`.
@"%~dp0..\..\Platter.exe" -- %*
