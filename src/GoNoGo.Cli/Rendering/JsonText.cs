using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GoNoGo.Evaluation.Metrics;

namespace GoNoGo.Cli.Rendering;

/// <summary>Writes JSON: stable names, numbers culture-invariant, what is not a number as null.</summary>
internal static class JsonText
{
    /// <summary>One object as text.</summary>
    /// <param name="content">Writes the properties.</param>
    /// <param name="indented">Several lines for people, or one line.</param>
    public static string Object(Action<Utf8JsonWriter> content, bool indented = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = indented,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A number, or null where it is none.</summary>
    public static void Value(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>A single-precision number with its own shortest digits, or null.</summary>
    public static void Value(this Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number && float.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>A list of strings.</summary>
    public static void List(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>A list of objects.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="name">The list's name.</param>
    /// <param name="items">One object each.</param>
    /// <param name="write">Writes the properties of one.</param>
    public static void Objects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Metrics by name, the map size, and under <c>reasons</c> why those that are null have no value.</summary>
    public static void Metrics(this Utf8JsonWriter json, IEnumerable<KeyValuePair<string, MetricValue>> metrics, string? mapSize)
    {
        var reasons = new List<KeyValuePair<string, string>>();
        foreach ((string name, MetricValue metric) in metrics)
        {
            json.Value(name, metric.Value);
            if (metric.Value is not { } value || !double.IsFinite(value))
            {
                reasons.Add(new(name, metric.Reason ?? "the value is infinite"));
            }
        }

        json.WriteString("map_size", mapSize);
        json.WriteStartObject("reasons");
        foreach ((string name, string reason) in reasons)
        {
            json.WriteString(name, reason);
        }

        json.WriteEndObject();
    }
}
