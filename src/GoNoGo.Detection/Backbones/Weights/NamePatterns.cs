namespace GoNoGo.Detection.Backbones.Weights;

/// <summary>Names of tensors by their beginning or end.</summary>
internal static class NamePatterns
{
    /// <summary>A test for names that equal a pattern; a <c>*</c> at a pattern's beginning or end stands for anything.</summary>
    public static Func<string, bool> Any(params string[] patterns) => name => Array.Exists(patterns, pattern =>
        pattern.StartsWith('*') ? name.EndsWith(pattern[1..], StringComparison.Ordinal)
        : pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern);
}
