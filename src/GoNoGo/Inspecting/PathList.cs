using System.Collections;

namespace GoNoGo.Inspecting;

/// <summary>A folder of a list of paths: what stands before the names of its files.</summary>
/// <param name="Given">As it was given, with a separator at its end; empty where only a name was given.</param>
/// <param name="Full">The full path, with a separator at its end.</param>
/// <param name="Number">Smaller where the folder was met earlier.</param>
internal sealed record PathFolder(string Given, string Full, int Number);

/// <summary>
/// Paths that share the text of their folders: a file costs little more than its name, and its path is put together when it is
/// asked for.
/// </summary>
internal sealed class PathList : IReadOnlyList<string>
{
    private readonly Entry[] _entries;

    private PathList(Entry[] entries) => _entries = entries;

    public int Count => _entries.Length;

    public string this[int index] => _entries[index].Folder.Given + _entries[index].Name;

    public IEnumerator<string> GetEnumerator() => _entries.Select(entry => entry.Folder.Given + entry.Name).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One file.</summary>
    private readonly record struct Entry(PathFolder Folder, string Name);

    /// <summary>Natural order of the full paths; the same file given twice: as it was given first.</summary>
    private readonly struct Order : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            int order = Paths(x, y);
            return order != 0 ? order : x.Folder.Number.CompareTo(y.Folder.Number);
        }

        public static int Paths(Entry x, Entry y) => ReferenceEquals(x.Folder, y.Folder) || x.Folder.Full == y.Folder.Full
            ? NaturalOrder.Instance.Compare(x.Name, y.Name)
            : NaturalOrder.Compare(x.Folder.Full, x.Name, y.Folder.Full, y.Name);
    }

    /// <summary>Collects files, in any order and as often as they come.</summary>
    internal sealed class Builder
    {
        private readonly List<Entry> _entries = [];

        public void Add(PathFolder folder, ReadOnlySpan<char> name) => _entries.Add(new Entry(folder, name.ToString()));

        public void Add(PathFolder folder, string name) => _entries.Add(new Entry(folder, name));

        /// <summary>How many different files there are.</summary>
        public int CountDistinct() => Build().Count;

        /// <summary>The files in natural order of their full paths, each once, by the name under which it was given first.</summary>
        public PathList Build()
        {
            Entry[] entries = [.. _entries];
            entries.AsSpan().Sort(default(Order));
            int count = 0;
            for (int index = 0; index < entries.Length; index++)
            {
                if (count == 0 || Order.Paths(entries[count - 1], entries[index]) != 0)
                {
                    entries[count++] = entries[index];
                }
            }

            return new PathList(count == entries.Length ? entries : entries[..count]);
        }
    }
}
