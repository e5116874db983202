using System.Text;

namespace GoNoGo.Detection.Options;

/// <summary>An option table as the documentation has it, so that a page can be held to the code.</summary>
public static class OptionTableMarkdown
{
    /// <summary>One line a row, after a header of two lines.</summary>
    public static string Write(OptionTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var text = new StringBuilder();
        text.Append("| choice | option | values | `default` | `paper-code` | `paper-text` | what it does |\n");
        text.Append("|---|---|---|---|---|---|---|\n");
        foreach (OptionDefinition definition in table.Definitions)
        {
            string values = definition.Kind == OptionKind.Choice ? string.Join(", ", definition.Words) : definition.Range.Replace(" | ", ", ", StringComparison.Ordinal);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {definition.Choice} | `{definition.Id}` | {values} | {definition.Default} | {definition.PaperCode ?? "same"} | {definition.PaperText ?? "same"} | {definition.Sentence} |\n");
        }

        return text.ToString();
    }
}
