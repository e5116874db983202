using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace GoNoGo.Reports.Html;

/// <summary>Builds HTML: the literal parts of an interpolated string are markup, every value in braces is escaped.</summary>
internal sealed class HtmlBuilder
{
    private readonly StringBuilder _buffer = new();

    /// <summary>Appends markup with escaped values.</summary>
    public HtmlBuilder Add([InterpolatedStringHandlerArgument("")] Handler content)
    {
        _ = content;
        return this;
    }

    /// <summary>Appends markup without values.</summary>
    public HtmlBuilder Raw(string markup)
    {
        _buffer.Append(markup);
        return this;
    }

    public Markup ToMarkup() => new(_buffer.ToString());

    public override string ToString() => _buffer.ToString();

    /// <summary>Escapes a text for content and for quoted attributes; characters that HTML forbids become U+FFFD.</summary>
    public static void Escape(StringBuilder target, string? text)
    {
        foreach (char character in text ?? "")
        {
            switch (character)
            {
                case '&':
                    target.Append("&amp;");
                    break;
                case '<':
                    target.Append("&lt;");
                    break;
                case '>':
                    target.Append("&gt;");
                    break;
                case '"':
                    target.Append("&quot;");
                    break;
                case '\'':
                    target.Append("&#39;");
                    break;
                default:
                    target.Append(char.IsControl(character) && character is not ('\n' or '\t') ? '\uFFFD' : character);
                    break;
            }
        }
    }

    /// <summary>Writes the parts of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _buffer;

        public Handler(int literalLength, int formattedCount, HtmlBuilder builder)
        {
            _ = (literalLength, formattedCount);
            _buffer = builder._buffer;
        }

        public void AppendLiteral(string markup) => _buffer.Append(markup);

        public void AppendFormatted(Markup markup) => _buffer.Append(markup.Text);

        public void AppendFormatted(string? text) => Escape(_buffer, text);

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IFormattable => Escape(_buffer, value.ToString(format, CultureInfo.InvariantCulture));
    }
}
