import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** Says for each PDF whether it keeps PDF/A-3a and PDF/UA-1, and which clauses it does not. */
class Conformance {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (PDFAFlavour standard : List.of(PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1)) {
                try (var parser = Foundries.defaultInstance().createParser(Files.newInputStream(Path.of(file)), standard);
                        var validator = Foundries.defaultInstance().createValidator(standard, false)) {
                    var result = validator.validate(parser);
                    System.out.printf("%s %s %s%n", result.isCompliant() ? "keeps" : "breaks", standard.getId(), file);
                    for (TestAssertion broken : result.getTestAssertions()) {
                        if (broken.getStatus() == TestAssertion.Status.FAILED) {
                            var rule = broken.getRuleId();
                            System.out.printf("  %s-%d %s%n", rule.getClause(), rule.getTestNumber(), broken.getMessage());
                        }
                    }
                }
            }
        }
    }
}
