# What `cmake --install` copies, and the Debian package of the same (`cpack`, or `./run package`).
foreach(page IN ITEMS "manual;rigpose.1" "completion bash;rigpose.bash" "completion zsh;_rigpose")
  list(GET page 0 words)
  list(GET page 1 file)
  string(REPLACE " " ";" words "${words}")
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/pages/${file} DEPENDS rigpose COMMAND_EXPAND_LISTS VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/pages
    COMMAND $<TARGET_FILE:rigpose> ${words} > ${CMAKE_BINARY_DIR}/pages/${file})
  list(APPEND pages ${CMAKE_BINARY_DIR}/pages/${file})
endforeach()
add_custom_target(pages ALL DEPENDS ${pages})

install(TARGETS rigpose RUNTIME DESTINATION bin)
install(TARGETS rigpose_cv LIBRARY DESTINATION lib/rigpose)
install(DIRECTORY configs data DESTINATION share/rigpose PATTERN ".git*" EXCLUDE PATTERN source EXCLUDE)
install(DIRECTORY web DESTINATION share/rigpose FILES_MATCHING PATTERN "*.html" PATTERN "*.css" PATTERN "*.js"
  PATTERN "*.entry.js" EXCLUDE PATTERN node_modules EXCLUDE)
install(FILES ${CMAKE_BINARY_DIR}/pages/rigpose.1 DESTINATION share/man/man1)
install(FILES ${CMAKE_BINARY_DIR}/pages/rigpose.bash DESTINATION share/bash-completion/completions RENAME rigpose)
install(FILES ${CMAKE_BINARY_DIR}/pages/_rigpose DESTINATION share/zsh/vendor-completions)
install(FILES README.md CHANGELOG.md DESTINATION share/doc/rigpose)
install(FILES LICENSE DESTINATION share/doc/rigpose RENAME copyright)
install(DIRECTORY docs DESTINATION share/doc/rigpose)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rigpose)
set(CPACK_PACKAGE_CONTACT "the rigpose developers <rigpose@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "recordings of people by a rig of cameras into calibrated cameras and 3D skeletons")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
include(CPack)
