namespace GoNoGo.Learning.Checkpoints;

/// <summary>
/// What an architecture reads from a weight file: its levels, the tensors each of them needs, and the tensors that may be there
/// and are not read (heads, counters, index tables).
/// </summary>
/// <param name="Architecture">The name for messages, for example <c>resnet50</c>.</param>
/// <param name="Levels">The levels, from the input to the output.</param>
/// <param name="Keys">Every tensor that some level needs.</param>
/// <param name="IsIgnorable">Whether a tensor of this name may be there without being read.</param>
public sealed record WeightManifest(string Architecture, IReadOnlyList<string> Levels, IReadOnlyList<KeyRule> Keys, Func<string, bool> IsIgnorable)
{
    /// <summary>The tensors that some of the levels need.</summary>
    /// <exception cref="ArgumentException">A level that the architecture does not have.</exception>
    public IEnumerable<KeyRule> KeysOf(IReadOnlyCollection<string> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        foreach (string level in levels)
        {
            if (!Levels.Contains(level))
            {
                throw new ArgumentException($"{Architecture} has no level '{level}'; it has {string.Join(", ", Levels)}.", nameof(levels));
            }
        }

        return Keys.Where(key => key.Levels.Any(levels.Contains));
    }
}
