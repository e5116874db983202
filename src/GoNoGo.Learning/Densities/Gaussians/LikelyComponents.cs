using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;

namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>
/// Logarithms of weighted densities, <c>log w_k N(x; m_k, S_k)</c>, of the components that count for a vector. The squared length of <c>W_k (x - m_k)</c> grows row by row
/// of the triangle W_k, so the first rows already bound the density from above: a component that is bound to lie <see cref="Slack"/> below the best is left, since in
/// double precision it adds nothing to the sum of all. What a vector gets depends neither on the other vectors nor on the number of threads.
/// </summary>
internal sealed unsafe class LikelyComponents : IDisposable
{
    /// <summary>A share of exp(-40) = 4e-18 is below the rounding of a double.</summary>
    public const double Slack = 40;

    /// <summary>Rows of the triangles that are looked at for all components, and then at a time.</summary>
    private const int FirstRows = 16;
    private const int MostRowsAtOnce = 64;

    /// <summary>Components whose first rows are multiplied together.</summary>
    private const int GroupCount = 4;

    private const int MostWorkspaces = 32;

    private readonly TensorScope _scope = new();
    private readonly double[] _constants;
    private readonly int[] _ends;
    private readonly PackedMatrix[] _firsts;
    private readonly PackedMatrix[][] _rest;
    private readonly Tensor _firstBias;
    private readonly Tensor _bias;
    private readonly int _width;

    /// <summary>Prepares the components.</summary>
    /// <param name="constants">K logarithms of the weights and determinants.</param>
    /// <param name="factors">W, packed triangles <c>[K, D (D + 1) / 2]</c>.</param>
    /// <param name="bias">-W mean of each component, <c>[K D]</c>; must live as long as this.</param>
    public LikelyComponents(double[] constants, Tensor factors, Tensor bias)
    {
        int count = constants.Length;
        (_constants, _bias) = (constants, bias);
        _width = bias.Shape[0] / count;
        _ends = Ends(_width);
        _firsts = new PackedMatrix[(count + GroupCount - 1) / GroupCount];
        _rest = new PackedMatrix[count][];
        _firstBias = _scope.New(new Shape(count * _ends[0]));
        for (int k = 0; k < count; k++)
        {
            bias.Slice(k * _width, _ends[0]).CopyTo(_firstBias.Slice(k * _ends[0], _ends[0]));
        }

        Workers.For(_firsts.Length, new PackBody { Factors = factors, Ends = _ends, Firsts = _firsts, Rest = _rest });
    }

    /// <summary>Bytes that the components take, and a run at most.</summary>
    public static long Bytes(int count, int width)
    {
        int[] ends = Ends(width);
        long packed = count * ends.Select((end, i) => (long)end * (end - (i == 0 ? 0 : ends[i - 1]))).Sum();
        return sizeof(float) * (packed + (MostWorkspaces * (long)new Workspace(MostRows(count), count, width, ends[0]).Floats));
    }

    /// <summary>Does something with the logarithms of all vectors, block by block.</summary>
    /// <typeparam name="TBody">What is done.</typeparam>
    /// <param name="rows"><c>[n, D]</c>.</param>
    /// <param name="scope">Owns what is needed on the way.</param>
    /// <param name="body">Receives each vector once.</param>
    public void Run<TBody>(Tensor rows, TensorScope scope, TBody body) where TBody : struct, IBody
    {
        int n = rows.Shape[0];
        int most = MostRows(_constants.Length);
        int blocks = (n + most - 1) / most;
        int blockRows = (n + blocks - 1) / blocks;
        int spaces = Math.Min(blocks, MostWorkspaces);
        var space = new Workspace(blockRows, _constants.Length, _width, _ends[0]);
        Tensor room = scope.New(new Shape(spaces, space.Floats));
        Workers.For(spaces, new RunBody<TBody> { Owner = this, Rows = rows, BlockRows = blockRows, Blocks = blocks, Spaces = spaces, Space = space, Room = room, Body = body });
        scope.Release(room);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (PackedMatrix first in _firsts)
        {
            first.Dispose();
        }

        foreach (PackedMatrix[] rest in _rest)
        {
            foreach (PackedMatrix matrix in rest)
            {
                matrix.Dispose();
            }
        }

        _scope.Dispose();
    }

    /// <summary>
    /// Vectors of a block, by shape alone: enough that each component has some, few enough that several threads have work and that logarithms and lists stay small.
    /// </summary>
    private static int MostRows(int count) => Math.Min(Math.Clamp(32 * count, 256, 1024), Math.Max(64, (1 << 18) / count));

    /// <summary>Where the blocks of rows end.</summary>
    private static int[] Ends(int width)
    {
        var ends = new List<int> { Math.Min(FirstRows, width) };
        for (int rows = 2 * FirstRows; ends[^1] < width; rows = Math.Min(2 * rows, MostRowsAtOnce))
        {
            ends.Add(Math.Min(ends[^1] + rows, width));
        }

        return [.. ends];
    }

    /// <summary>The logarithms of some vectors, -infinity for components that do not count.</summary>
    /// <param name="rows">The vectors, <c>[n, D]</c>.</param>
    /// <param name="space">Where things lie in the room.</param>
    /// <param name="room">Room to work in; receives n times K numbers at <see cref="Workspace.Logs"/>.</param>
    private void Find(Tensor rows, Workspace space, Tensor room)
    {
        Bound(rows, space, room);
        if (_ends.Length == 1)
        {
            return;
        }

        // The component that promises most is followed to its end; what it gives leaves few of the others.
        ChooseLikeliest(rows.Shape[0], space, room);
        Follow(rows, leavesSome: false, space, room);
        ChooseOthers(rows.Shape[0], space, room);
        Follow(rows, leavesSome: true, space, room);
    }

    /// <summary>Logarithms from the first rows of the triangles alone: from above.</summary>
    private void Bound(Tensor rows, Workspace space, Tensor room)
    {
        (int components, int first, int count) = (_constants.Length, _ends[0], rows.Shape[0]);
        double* logs = Workspace.Logs(room);
        for (int group = 0; group < _firsts.Length; group++)
        {
            int from = group * GroupCount;
            int columns = _firsts[group].Columns;
            Tensor product = space.Product(room, count, columns);
            MatrixMultiply.RunAlone(rows, _firsts[group], space.Packing(room), product, new MatrixEpilogue { ColumnBias = _firstBias.Slice(from * first, columns) });
            for (int i = 0; i < count; i++)
            {
                float* row = product.Pointer + ((long)i * columns);
                for (int k = from; k < from + (columns / first); k++, row += first)
                {
                    logs[((long)i * components) + k] = _constants[k] - (0.5 * DoubleRows.SquareSum(row, first));
                }
            }
        }
    }

    /// <summary>Lists with each component the vectors that it promises most.</summary>
    private void ChooseLikeliest(int count, Workspace space, Tensor room)
    {
        int components = _constants.Length;
        double* logs = Workspace.Logs(room);
        int* ends = space.Ends(room);
        int* likeliest = space.Likeliest(room);
        new Span<int>(ends, components + 1).Clear();
        for (int i = 0; i < count; i++, logs += components)
        {
            int best = 0;
            for (int k = 1; k < components; k++)
            {
                best = logs[k] > logs[best] ? k : best;
            }

            likeliest[i] = best;
            ends[best + 1]++;
        }

        Accumulate(ends, components);
        for (int i = 0; i < count; i++)
        {
            space.Places(room)[ends[likeliest[i]]++] = i;
        }
    }

    /// <summary>Lists with each component the other vectors for which it may count; where it cannot, the logarithm becomes -infinity.</summary>
    private void ChooseOthers(int count, Workspace space, Tensor room)
    {
        int components = _constants.Length;
        int* ends = space.Ends(room);
        int* likeliest = space.Likeliest(room);
        double* logs = Workspace.Logs(room);
        new Span<int>(ends, components + 1).Clear();
        for (int i = 0; i < count; i++, logs += components)
        {
            double least = logs[likeliest[i]] - Slack;
            space.Best(room)[i] = logs[likeliest[i]];
            for (int k = 0; k < components; k++)
            {
                if (k == likeliest[i])
                {
                    continue;
                }

                if (logs[k] > least)
                {
                    ends[k + 1]++;
                }
                else
                {
                    logs[k] = double.NegativeInfinity;
                }
            }
        }

        Accumulate(ends, components);
        logs = Workspace.Logs(room);
        for (int i = 0; i < count; i++, logs += components)
        {
            for (int k = 0; k < components; k++)
            {
                if (k != likeliest[i] && logs[k] > double.NegativeInfinity)
                {
                    space.Places(room)[ends[k]++] = i;
                }
            }
        }
    }

    /// <summary>Numbers of vectors of the components before each.</summary>
    private static void Accumulate(int* ends, int components)
    {
        for (int k = 1; k <= components; k++)
        {
            ends[k] += ends[k - 1];
        }
    }

    /// <summary>Follows each component for the vectors in its list.</summary>
    private void Follow(Tensor rows, bool leavesSome, Workspace space, Tensor room)
    {
        int* ends = space.Ends(room);
        for (int k = 0; k < _constants.Length; k++)
        {
            int first = k == 0 ? 0 : ends[k - 1];
            Follow(rows, k, space.Places(room) + first, ends[k] - first, leavesSome, space, room);
        }
    }

    /// <summary>The other rows of a component's triangle for some vectors, which become fewer on the way where some may be left.</summary>
    private void Follow(Tensor rows, int component, int* places, int chosen, bool leavesSome, Workspace space, Tensor room)
    {
        int components = _constants.Length;
        double* logs = Workspace.Logs(room) + component;
        double* best = space.Best(room);
        Tensor x = chosen == rows.Shape[0] ? rows : default;
        for (int block = 1; block < _ends.Length && chosen > 0; block++)
        {
            (int from, int end) = (_ends[block - 1], _ends[block]);
            if (x.IsEmpty)
            {
                x = Gather(rows, places, chosen, leavesSome ? end : _width, space, room);
            }

            Tensor product = space.Product(room, chosen, end - from);
            MatrixMultiply.RunAlone(x, _rest[component][block - 1], space.Packing(room), product, new MatrixEpilogue { ColumnBias = _bias.Slice((component * _width) + from, end - from) });
            int left = 0;
            for (int i = 0; i < chosen; i++)
            {
                int place = places[i];
                double* log = logs + ((long)place * components);
                *log -= 0.5 * DoubleRows.SquareSum(product.Pointer + ((long)i * (end - from)), end - from);
                if (!leavesSome)
                {
                    left++;
                }
                else if (end == _width)
                {
                    best[place] = Math.Max(best[place], *log);
                }
                else if (*log <= best[place] - Slack)
                {
                    *log = double.NegativeInfinity;
                }
                else
                {
                    places[left++] = place;
                }
            }

            chosen = left;
            x = leavesSome ? default : x;
        }
    }

    /// <summary>Sets the first columns of some vectors under each other.</summary>
    private static Tensor Gather(Tensor rows, int* places, int count, int columns, Workspace space, Tensor room)
    {
        Tensor x = space.Gathered(room, count, columns);
        float* from = rows.Pointer;
        float* to = x.Pointer;
        long stride = rows.Shape[1];
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(from + (places[i] * stride), columns).CopyTo(new Span<float>(to + ((long)i * columns), columns));
        }

        return x;
    }

    /// <summary>What is done with the logarithms of a vector.</summary>
    public interface IBody
    {
        /// <summary>Takes the logarithms of one vector.</summary>
        /// <param name="row">Its place among all.</param>
        /// <param name="logs">K numbers; may be overwritten.</param>
        void Take(int row, double* logs);
    }

    /// <summary>How the room of one worker is divided.</summary>
    private readonly struct Workspace(int rows, int components, int width, int first)
    {
        private readonly int _product = Align(rows * Math.Max(MostRowsAtOnce, GroupCount * first));
        private readonly int _packing = Align(Math.Max(MatrixMultiply.RoomFloats(first, GroupCount * first), MatrixMultiply.RoomFloats(width, Math.Min(MostRowsAtOnce, width))));

        public int Floats => Align(Begin + _product + _packing + (rows * width));

        /// <summary>What follows the lists.</summary>
        private int Begin => Align((3 * rows * components) + (3 * rows) + components + 1);

        /// <summary>n times K logarithms.</summary>
        public static double* Logs(Tensor room) => (double*)room.Pointer;

        /// <summary>The largest logarithm of each vector so far.</summary>
        public double* Best(Tensor room) => Logs(room) + ((long)rows * components);

        /// <summary>The component that promises most.</summary>
        public int* Likeliest(Tensor room) => (int*)(Best(room) + rows);

        /// <summary>Where the list of each component ends.</summary>
        public int* Ends(Tensor room) => Likeliest(room) + rows;

        /// <summary>The lists.</summary>
        public int* Places(Tensor room) => Ends(room) + components + 1;

        public Tensor Product(Tensor room, int count, int columns) => room.Slice(Begin, count * columns).Reshape(new Shape(count, columns));

        public Tensor Packing(Tensor room) => room.Slice(Begin + _product, _packing);

        public Tensor Gathered(Tensor room, int count, int columns) => room.Slice(Begin + _product + _packing, count * columns).Reshape(new Shape(count, columns));

        /// <summary>Whole vectors of 512 bits.</summary>
        private static int Align(int floats) => (floats + 15) / 16 * 16;
    }

    private struct RunBody<TBody> : IParallelBody where TBody : struct, IBody
    {
        public LikelyComponents Owner;
        public Tensor Rows;
        public int BlockRows;
        public int Blocks;
        public int Spaces;
        public Workspace Space;
        public Tensor Room;
        public TBody Body;

        public readonly void Invoke(int index)
        {
            Tensor room = Room[index];
            int components = Owner._constants.Length;
            for (int block = index; block < Blocks; block += Spaces)
            {
                int first = block * BlockRows;
                int count = Math.Min(BlockRows, Rows.Shape[0] - first);
                Owner.Find(Rows.Slice(first, count), Space, room);
                double* logs = Workspace.Logs(room);
                for (int i = 0; i < count; i++, logs += components)
                {
                    Body.Take(first + i, logs);
                }
            }
        }
    }

    private struct PackBody : IParallelBody
    {
        public Tensor Factors;
        public int[] Ends;
        public PackedMatrix[] Firsts;
        public PackedMatrix[][] Rest;

        public readonly void Invoke(int group)
        {
            using var scope = new TensorScope();
            int from = group * GroupCount;
            int end = Math.Min(from + GroupCount, Rest.Length);
            Tensor first = scope.New(new Shape((end - from) * Ends[0], Ends[0]));
            for (int k = from; k < end; k++)
            {
                Copy(k, 0, Ends[0], first.Slice((k - from) * Ends[0], Ends[0]));
                Rest[k] = new PackedMatrix[Ends.Length - 1];
                for (int block = 1; block < Ends.Length; block++)
                {
                    Tensor rows = scope.New(new Shape(Ends[block] - Ends[block - 1], Ends[block]));
                    Copy(k, Ends[block - 1], Ends[block], rows);
                    Rest[k][block - 1] = PackedMatrix.Pack(rows, transposeB: true);
                    scope.Release(rows);
                }
            }

            Firsts[group] = PackedMatrix.Pack(first, transposeB: true);
        }

        /// <summary>Rows of a packed triangle with the zeros beyond them.</summary>
        private readonly void Copy(int component, int from, int end, Tensor target)
        {
            float* triangle = Factors[component].Pointer;
            int width = target.Shape[1];
            for (int i = from; i < end; i++)
            {
                float* row = target.Pointer + ((long)(i - from) * width);
                new ReadOnlySpan<float>(triangle + ((long)i * (i + 1) / 2), i + 1).CopyTo(new Span<float>(row, width));
                new Span<float>(row + i + 1, width - i - 1).Clear();
            }
        }
    }
}
