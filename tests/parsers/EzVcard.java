// Reads the vCards of a folder with ez-vcard and prints their properties as JSON.

import ezvcard.Ezvcard;
import ezvcard.VCard;
import ezvcard.property.Address;
import ezvcard.property.Organization;
import ezvcard.property.RawProperty;
import ezvcard.property.Revision;
import ezvcard.property.StructuredName;
import ezvcard.property.Telephone;
import ezvcard.property.TextListProperty;
import ezvcard.property.TextProperty;
import ezvcard.property.Uid;
import ezvcard.property.UriProperty;
import ezvcard.property.VCardProperty;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

public class EzVcard {
    public static void main(String[] arguments) throws Exception {
        List<String> cards = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            for (Path file : files.sorted().collect(Collectors.toList())) {
                cards.add(quoted(file.getFileName().toString()) + ":" + card(Files.readString(file)));
            }
        }
        PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        output.println("{" + String.join(",", cards) + "}");
    }

    private static String card(String text) {
        List<VCard> found = Ezvcard.parse(text).all();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " cards in one file");
        }
        VCard card = found.get(0);
        Stream<String> version = Stream.of(property("VERSION", List.of(), List.of(card.getVersion().getVersion())));
        Stream<String> others = card.getProperties().stream().map(EzVcard::property);
        return Stream.concat(version, others).collect(Collectors.joining(",", "[", "]"));
    }

    private static String property(VCardProperty property) {
        List<String> types = property.getParameters().getTypes().stream().map(String::toUpperCase).sorted()
            .collect(Collectors.toList());
        return property(name(property), types, values(property));
    }

    private static String property(String name, List<String> types, List<String> values) {
        return "[" + quoted(name) + "," + list(types) + "," + list(values) + "]";
    }

    private static String name(VCardProperty property) {
        if (property instanceof RawProperty) {
            return ((RawProperty) property).getPropertyName().toUpperCase();
        }
        switch (property.getClass().getSimpleName()) {
            case "StructuredName": return "N";
            case "FormattedName": return "FN";
            case "Organization": return "ORG";
            case "Telephone": return "TEL";
            case "Address": return "ADR";
            case "Revision": return "REV";
            case "ProductId": return "PRODID";
            default: return property.getClass().getSimpleName().toUpperCase();
        }
    }

    private static List<String> values(VCardProperty property) {
        if (property instanceof StructuredName) {
            StructuredName name = (StructuredName) property;
            return texts(name.getFamily(), name.getGiven(), joined(name.getAdditionalNames()),
                joined(name.getPrefixes()), joined(name.getSuffixes()));
        }
        if (property instanceof Address) {
            Address address = (Address) property;
            return texts(address.getPoBox(), address.getExtendedAddress(), address.getStreetAddress(),
                address.getLocality(), address.getRegion(), address.getPostalCode(), address.getCountry());
        }
        if (property instanceof TextListProperty) {
            return ((TextListProperty) property).getValues();
        }
        if (property instanceof Revision) {
            return texts(((Revision) property).getValue().toInstant().toString());
        }
        if (property instanceof Telephone) {
            return texts(((Telephone) property).getText());
        }
        if (property instanceof RawProperty) {
            return texts(((RawProperty) property).getValue());
        }
        return texts(((TextProperty) property).getValue());
    }

    private static String joined(List<String> parts) {
        return String.join(",", parts);
    }

    private static List<String> texts(String... values) {
        return Stream.of(values).map(value -> Objects.requireNonNullElse(value, "")).collect(Collectors.toList());
    }

    private static String list(List<String> texts) {
        return texts.stream().map(EzVcard::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        String escaped = text.chars().mapToObj(unit -> unit == '"' || unit == '\\' || unit < ' ' || unit > '~'
            ? String.format("\\u%04x", unit) : String.valueOf((char) unit)).collect(Collectors.joining());
        return "\"" + escaped + "\"";
    }
}
