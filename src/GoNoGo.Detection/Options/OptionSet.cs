using System.Globalization;

namespace GoNoGo.Detection.Options;

/// <summary>A value for every option of a table.</summary>
public sealed class OptionSet
{
    private readonly SortedDictionary<string, string> _values;

    internal OptionSet(OptionTable table, SortedDictionary<string, string> values)
    {
        Table = table;
        _values = values;
    }

    /// <summary>The table that the values belong to.</summary>
    public OptionTable Table { get; }

    /// <summary>All values in their written form, ordered by id.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The written form of a value.</summary>
    public string this[string id] => _values[Table[id].Id];

    /// <summary>The value of a whole-number option.</summary>
    public int Integer(string id) => int.Parse(this[id], CultureInfo.InvariantCulture);

    /// <summary>The value of a number option.</summary>
    public double Number(string id) => double.Parse(this[id], CultureInfo.InvariantCulture);

    /// <summary>The value of a switch.</summary>
    public bool Switch(string id) => this[id] == "true";

    /// <summary>The same with one other value.</summary>
    /// <exception cref="OptionException">The value is not allowed.</exception>
    public OptionSet With(string id, string value)
    {
        OptionDefinition definition = Table[id];
        return new OptionSet(Table, new SortedDictionary<string, string>(_values, StringComparer.Ordinal) { [definition.Id] = definition.Normalise(value) });
    }

    /// <summary>The options whose values differ, as <c>id: here -> there</c>.</summary>
    public IReadOnlyList<string> DifferencesTo(OptionSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return [.. _values.Where(pair => other._values.GetValueOrDefault(pair.Key) != pair.Value)
            .Select(pair => $"{pair.Key}: {pair.Value} -> {other._values.GetValueOrDefault(pair.Key) ?? "(none)"}")];
    }
}
