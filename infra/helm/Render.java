import com.marcnuri.helm.Helm;
import java.nio.file.Files;
import java.nio.file.Path;

/** Helm itself as a library: lints a chart strictly, then renders it. Arguments: file to write, chart, file of values, name of the release, more values as key=value. */
public class Render {
  public static void main(String[] args) throws Exception {
    var chart = new Helm(Path.of(args[1]));
    var lint = chart.lint().strict().call();
    if (lint.isFailed()) {
      lint.getMessages().forEach(System.err::println);
      System.exit(1);
    }
    var template = chart.template().withName(args[3]).withValuesFile(Path.of(args[2]));
    for (int i = 4; i < args.length; i++) {
      var set = args[i].split("=", 2);
      template.set(set[0], set[1]);
    }
    Files.writeString(Path.of(args[0]), template.call());
  }
}
